import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

export interface SourceFile {
  /** From the repository's root: `src/agent/agent.ts`. */
  path: string
  lines: number
  imports: Import[]
  /** Uses of `console` and `process.stdout`, and `any` types, each as `line: text`. */
  output: string[]
  anyTypes: string[]
}

interface Import {
  /** A file of ours as its path, anything else as it is written. */
  target: string
  ours: boolean
  /** Gone at run time. */
  typeOnly: boolean
}

/** The sources below a folder, as the compiler reads them. */
export function sourceFiles(folder: string): SourceFile[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const paths = entries.filter((entry) => entry.endsWith('.ts'))
  return paths.map((path) => readSource(join(folder, path)))
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  const lines = text.split('\n').length - 1
  const file: SourceFile = { path, lines, imports: [], output: [], anyTypes: [] }
  const located = (node: ts.Node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    return `${path}:${line + 1}: ${node.getText(source)}`
  }
  const visit = (node: ts.Node): void => {
    const found = importOf(node)
    if (found) file.imports.push(resolve(path, found))
    if (node.kind === ts.SyntaxKind.AnyKeyword) file.anyTypes.push(located(node))
    if (ts.isPropertyAccessExpression(node) && isOutput(node.getText(source)))
      file.output.push(located(node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return file
}

const isOutput = (text: string) => /^(console\.\w+|process\.stdout)$/.test(text)

interface Found {
  specifier: string
  typeOnly: boolean
}

function importOf(node: ts.Node): Found | undefined {
  if (ts.isImportDeclaration(node))
    return found(node.moduleSpecifier, isTypeOnly(node.importClause))
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return found(node.moduleSpecifier, node.isTypeOnly || everyType(node.exportClause))
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0] && found(node.arguments[0], false)
  return undefined
}

function found(specifier: ts.Expression, typeOnly: boolean): Found | undefined {
  return ts.isStringLiteral(specifier) ? { specifier: specifier.text, typeOnly } : undefined
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  const types = clause.phaseModifier === ts.SyntaxKind.TypeKeyword
  return types || (!clause.name && everyType(clause.namedBindings))
}

function everyType(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!bindings || !('elements' in bindings)) return false
  return bindings.elements.every((element) => element.isTypeOnly)
}

function resolve(from: string, { specifier, typeOnly }: Found): Import {
  if (!specifier.startsWith('.')) return { target: specifier, ours: false, typeOnly }
  const target = normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts')
  return { target, ours: true, typeOnly }
}
