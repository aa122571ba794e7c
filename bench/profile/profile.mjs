import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const idle = new Set(['(idle)', '(root)', '(program)'])

/** Which part of the house a module is; the first that fits. */
const parts = [
  ['garbage collection', /^\(garbage collector\)$/],
  [
    'writing to the socket and to stdout',
    /^native (writev|write|writeUtf8String|writeLatin1String|writeBuffer)/,
  ],
  ['undici and fetch', /undici/],
  ['node:http client', /^node:(_http|internal\/http)/],
  ['module loader', /^node:internal\/modules/],
  ['node: streams, sockets, timers and the rest', /^node:|^native /],
  ['MCP SDK', /@modelcontextprotocol/],
  ['zod', /node_modules\/zod/],
  ["openai's client", /node_modules\/openai/],
  ['our MCP layer', /^src\/mcp/],
  ["the agent's loop, history, usage", /^src\/(agent|runs)/],
  ['routes, cost, cache report', /^src\/litellm\/(?!wires|http)/],
  ['wires and their transport', /^src\/litellm\/(wires|http)/],
]

/** A V8 profile as a tree of calls, with microseconds; what was idle is left out. */
export class Profile {
  #regions = new Map()

  constructor({ nodes, samples, timeDeltas }) {
    const byId = new Map(nodes.map((node) => [node.id, { ...node, self: 0 }]))
    samples.forEach((id, index) => {
      byId.get(id).self += Math.max(0, timeDeltas[index])
    })
    const grow = (id) => {
      const { callFrame, children = [], self } = byId.get(id)
      const name = callFrame.functionName || '(anonymous)'
      const grown = merged(children.map(grow).filter(({ total }) => total > 0))
      const own = idle.has(name) ? 0 : self
      const total = grown.reduce((sum, child) => sum + child.total, own)
      return { name, source: this.#source(callFrame, name), self: own, total, children: grown }
    }
    this.tree = grow(nodes[0].id)
  }

  get busy() {
    return this.tree.total
  }

  /** Self time by part of the house, most first. */
  parts() {
    const sums = new Map()
    const add = ({ source, self, children }) => {
      const part = partOf(source)
      sums.set(part, (sums.get(part) ?? 0) + self)
      children.forEach(add)
    }
    add(this.tree)
    return [...sums].filter(([, time]) => time > 0).sort(([, a], [, b]) => b - a)
  }

  /** The module a function was in before it was bundled. */
  #source({ url, lineNumber }, name) {
    if (url === '') return name.startsWith('(') ? name : `native ${name}`
    if (!url.startsWith('file:')) return url
    const path = fileURLToPath(url)
    if (path.includes('/node_modules/')) return path.slice(path.indexOf('/node_modules/') + 1)
    if (!this.#regions.has(path)) this.#regions.set(path, regionsOf(path))
    const region = this.#regions.get(path).findLast(({ line }) => line <= lineNumber)
    return region?.source ?? path.split('/').slice(-2).join('/')
  }
}

export function partOf(source) {
  return parts.find(([, pattern]) => pattern.test(source))?.[0] ?? 'the rest'
}

/** The bundler marks where each module begins. */
function regionsOf(path) {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, line) => {
      const source = /^\/\/(?:#region)? ?((?:src|node_modules)\/\S+)$/.exec(text)?.[1]
      return source ? [{ line, source }] : []
    })
}

/** Calls of one function from one place are one, however they were optimised. */
function merged(children) {
  const found = new Map()
  for (const child of children) {
    const key = `${child.name} ${child.source}`
    const twin = found.get(key)
    if (twin) {
      twin.self += child.self
      twin.total += child.total
      twin.children = merged([...twin.children, ...child.children])
    } else found.set(key, child)
  }
  return [...found.values()].sort((a, b) => b.total - a.total)
}
