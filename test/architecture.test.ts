import { expect, test } from 'vitest'
import { type SourceFile, sourceFiles } from './helpers/source-files.js'

interface Part {
  /** The packages and `node:` modules it may import; a name ending in `*` matches every name with that start. */
  packages: string[]
  /** The parts of its own layer or of lower layers that it may import. Absent: every lower layer. */
  parts?: string[]
}

const anything = ['*']

/**
 * The parts of src, lowest layer first. A file imports from its own part and from lower layers only.
 * A part inside another one is listed with it; the longest matching path decides.
 */
const layers: Record<string, Part>[] = [
  { 'src/util': { packages: ['node:*'] }, 'src/version.ts': { packages: [] } },
  {
    'src/agent': { packages: [], parts: ['src/util'] },
    'src/import': { packages: ['yaml', 'smol-toml'], parts: ['src/util'] },
  },
  {
    'src/config': { packages: ['node:*', 'yaml', 'zod'] },
    'src/media': { packages: ['node:*'] },
    'src/schema': { packages: ['ajv*', 'jsonrepair', 'node:vm', 'node:worker_threads'] },
  },
  {
    'src/library': { packages: [], parts: ['src/agent', 'src/schema', 'src/util'] },
    'src/litellm': {
      packages: ['node:*'],
      parts: [
        'src/agent',
        'src/litellm/http',
        'src/litellm/offline',
        'src/litellm/wires',
        'src/util',
      ],
    },
    'src/litellm/http': { packages: ['node:*'], parts: ['src/util'] },
    'src/litellm/offline': { packages: ['node:*'], parts: ['src/agent', 'src/util'] },
    'src/litellm/wires': {
      packages: [
        'node:*',
        'openai*',
        '@anthropic-ai/sdk*',
        '@aws-sdk/*',
        '@smithy/*',
        'google-auth-library',
      ],
      parts: [
        'src/agent',
        'src/litellm',
        'src/litellm/http',
        'src/litellm/offline',
        'src/util',
        'src/version.ts',
      ],
    },
    'src/runs': { packages: ['node:*'], parts: ['src/agent', 'src/util'] },
    'src/runs/postgres': {
      packages: ['node:*', 'pg'],
      parts: ['src/agent', 'src/runs', 'src/util'],
    },
    'src/runs/durable': {
      packages: ['node:*', '@dbos-inc/dbos-sdk'],
      parts: ['src/agent', 'src/runs', 'src/runs/postgres', 'src/util'],
    },
    'src/toolsets': { packages: ['mathjs/number', 'node:*'], parts: ['src/agent', 'src/util'] },
    'src/toolsets/mcp': {
      packages: ['node:*', '@modelcontextprotocol/client', 'cross-spawn'],
      parts: ['src/agent', 'src/config', 'src/util'],
    },
  },
  {
    'src/policy': {
      packages: ['node:*'],
      parts: ['src/agent', 'src/config', 'src/media', 'src/runs', 'src/util'],
    },
    'src/telemetry': {
      packages: ['@opentelemetry/*'],
      parts: ['src/agent', 'src/config', 'src/runs', 'src/util'],
    },
  },
  {
    'src/mcp': {
      packages: ['node:*', '@modelcontextprotocol/server*', 'zod'],
      parts: [
        'src/agent',
        'src/config',
        'src/mcp/auth',
        'src/media',
        'src/policy',
        'src/runs',
        'src/schema',
        'src/telemetry',
        'src/util',
      ],
    },
    'src/mcp/auth': {
      packages: ['node:*', 'jose'],
      parts: ['src/agent', 'src/config', 'src/mcp', 'src/policy', 'src/util'],
    },
  },
  {
    'src/dashboard': {
      packages: ['node:*'],
      parts: [
        'src/agent',
        'src/config',
        'src/mcp',
        'src/mcp/auth',
        'src/policy',
        'src/runs',
        'src/util',
      ],
    },
  },
  { 'src/app': { packages: anything } },
  { 'src/cli': { packages: anything } },
  {
    'src/index.ts': {
      packages: [],
      parts: ['src/agent', 'src/library', 'src/litellm', 'src/schema', 'src/toolsets', 'src/util'],
    },
    'src/main.ts': { packages: anything },
  },
]

/** The only places that may write to stdout: it belongs to the protocol. */
const writesOutput = ['src/cli/', 'src/main.ts', 'src/mcp/stdio/server.ts']

const files = sourceFiles('src')

test('every file imports only what the table of layers allows', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap(forbiddenImports)).toEqual([])
})

test('no file imports src/main.ts', () => {
  const importers = files.filter(({ imports }) => imports.some((to) => to.target === 'src/main.ts'))
  expect(importers).toEqual([])
})

test('no import cycles exist, type-only imports included', () => {
  expect(cycles(files)).toEqual([])
})

test('nothing but the command line writes to stdout', () => {
  const others = files.filter(({ path }) => !writesOutput.some((place) => path.startsWith(place)))
  expect(others.flatMap(({ output }) => output)).toEqual([])
})

test('no file has more than 300 lines, except tables', () => {
  const tables = ['src/litellm/routes/providers.ts']
  const long = files.filter(({ path, lines }) => lines > 300 && !tables.includes(path))
  expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
})

test('no value is of type any', () => {
  expect(files.flatMap(({ anyTypes }) => anyTypes)).toEqual([])
})

interface Place {
  part: string
  layer: number
  rules: Part
}

const parts: Place[] = layers.flatMap((layer, index) =>
  Object.entries(layer).map(([part, rules]) => ({ part, layer: index, rules })),
)

/** The part with the longest path that holds a file. */
function placeOf(path: string): Place | undefined {
  const holding = parts.filter(({ part }) => path === part || path.startsWith(`${part}/`))
  return holding.sort((one, other) => other.part.length - one.part.length)[0]
}

function forbiddenImports({ path, imports }: SourceFile): string[] {
  const own = placeOf(path)
  if (!own) return [`${path} is in no part`]
  const forbidden = imports.filter(({ target, ours }) =>
    ours ? !mayImport(own, target) : !matches(target, own.rules.packages),
  )
  return forbidden.map(({ target }) => `${path} imports ${target}`)
}

function mayImport(own: Place, target: string): boolean {
  const other = placeOf(target)
  // Only the version reads a file outside src: package.json.
  if (!other) return own.part === 'src/version.ts'
  if (other.part === own.part) return true
  if (other.layer > own.layer) return false
  return own.rules.parts ? own.rules.parts.includes(other.part) : other.layer < own.layer
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
      imports.filter(({ ours }) => ours).map(({ target }) => target),
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
