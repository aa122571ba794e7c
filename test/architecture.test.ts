import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { type SourceFile, sourceFiles } from './helpers/source-files.js'

interface Layer {
  /** The layers it may import beside itself. */
  layers: string[]
  /** The packages and `node:` modules it may import; a name ending in `*` stands for all that begin so. */
  packages: string[]
}

const anything = ['*']

/** Calls go mcp → agent → litellm; imports go mcp → agent ← litellm. The longest path counts. */
const table: Record<string, Layer> = {
  'src/agent': { layers: [], packages: [] },
  'src/litellm': {
    layers: ['src/agent', 'src/litellm/http', 'src/litellm/wires'],
    packages: ['node:*'],
  },
  'src/litellm/wires': {
    layers: [
      'src/agent',
      'src/litellm',
      'src/litellm/http',
      'src/litellm/offline',
      'src/version.ts',
    ],
    packages: ['node:*', 'openai*', '@anthropic-ai/sdk*', '@aws-sdk/*', '@smithy/*'],
  },
  'src/litellm/http': { layers: [], packages: ['node:*'] },
  'src/version.ts': { layers: anything, packages: [] },
  'src/litellm/offline': { layers: ['src/agent'], packages: ['node:*'] },
  'src/schema': { layers: ['src/agent'], packages: ['ajv*', 'node:vm'] },
  'src/library': { layers: ['src/agent', 'src/schema'], packages: [] },
  'src/toolsets': { layers: ['src/agent'], packages: ['mathjs/number', 'node:*'] },
  'src/toolsets/mcp': {
    layers: ['src/agent', 'src/config'],
    packages: ['node:*', '@modelcontextprotocol/client', 'cross-spawn'],
  },
  'src/config': { layers: ['src/agent'], packages: ['node:*', 'yaml', 'zod'] },
  'src/media': { layers: ['src/agent'], packages: ['node:*'] },
  'src/runs': { layers: ['src/agent'], packages: ['node:*'] },
  'src/runs/postgres': { layers: ['src/agent', 'src/runs'], packages: ['node:*', 'pg'] },
  'src/runs/dbos': {
    layers: ['src/agent', 'src/runs', 'src/runs/postgres'],
    packages: ['node:*', '@dbos-inc/dbos-sdk'],
  },
  'src/telemetry': {
    layers: ['src/agent', 'src/config', 'src/mcp', 'src/runs'],
    packages: ['@opentelemetry/*'],
  },
  'src/mcp': {
    layers: ['src/agent', 'src/config', 'src/mcp/auth', 'src/media', 'src/runs', 'src/schema'],
    packages: ['node:*', '@modelcontextprotocol/server*', '@modelcontextprotocol/node', 'zod'],
  },
  'src/dashboard': {
    layers: ['src/agent', 'src/config', 'src/mcp', 'src/mcp/auth', 'src/runs'],
    packages: ['node:*'],
  },
  'src/mcp/auth': {
    layers: ['src/agent', 'src/config', 'src/mcp'],
    packages: ['node:*', 'jose'],
  },
  'src/cli': { layers: anything, packages: anything },
  'src/index.ts': {
    layers: ['src/agent', 'src/library', 'src/litellm', 'src/schema', 'src/toolsets'],
    packages: [],
  },
  // main.ts and the files beside it, which put the layers together.
  program: { layers: anything, packages: anything },
}

/** The only places that may write to stdout: it belongs to the protocol. */
const writesOutput = ['src/cli/', 'src/main.ts', 'src/mcp/stdio.ts']

const files = sourceFiles('src')

test('every file imports what its layer may, and no more', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap(forbiddenImports)).toEqual([])
})

test('nothing imports the program', () => {
  const importers = files.filter(({ imports }) => imports.some((to) => to.target === 'src/main.ts'))
  expect(importers).toEqual([])
})

// Type-only imports do not count: they are gone at run time, and cannot upset the order of loading.
test('no file imports itself by way of others', () => {
  expect(cycles(files)).toEqual([])
})

test('nothing but the command line writes to stdout', () => {
  const others = files.filter(({ path }) => !writesOutput.some((place) => path.startsWith(place)))
  expect(others.flatMap(({ output }) => output)).toEqual([])
})

test('no value is of type any', () => {
  expect(files.flatMap(({ anyTypes }) => anyTypes)).toEqual([])
})

function layerOf(path: string): string {
  const layers = Object.keys(table).filter(
    (layer) => path === layer || path === `${layer}.ts` || path.startsWith(`${layer}/`),
  )
  const [longest] = layers.sort((one, other) => other.length - one.length)
  return longest ?? (dirname(path) === 'src' ? 'program' : `unknown layer of ${path}`)
}

function forbiddenImports({ path, imports }: SourceFile): string[] {
  const own = layerOf(path)
  const { layers, packages } = table[own] ?? { layers: [], packages: [] }
  const forbidden = imports.filter(({ target, ours }) =>
    ours ? !matches(layerOf(target), [own, ...layers]) : !matches(target, packages),
  )
  return forbidden.map(({ target }) => `${path} imports ${target}`)
}

function matches(name: string, allowed: readonly string[]): boolean {
  return allowed.some((one) =>
    one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one,
  )
}

/** Cycles of imports, each as the way round from the file it was found at. */
function cycles(all: readonly SourceFile[]): string[] {
  const edges = new Map(
    all.map(({ path, imports }) => [
      path,
      imports.filter(({ ours, typeOnly }) => ours && !typeOnly).map(({ target }) => target),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (way.includes(path) || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}
