// What the scripted server can do, whatever SDK and transport serve it.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

export const about = { name: 'tool-server', version: '1' }
export const capabilities = { capabilities: { tools: { listChanged: true } } }

/** The tools on a server of the first SDK. */
export function serve1(server) {
  const listChanged = () => server.sendToolListChanged()
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => listTools(params?.cursor))
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) =>
    callTool(params, { signal, listChanged }),
  )
  return server
}

/** The tools on a server of the second SDK. */
export function serve2(server, listChanged) {
  server.setRequestHandler('tools/list', ({ params }) => listTools(params?.cursor))
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    callTool(params, { signal: mcpReq.signal, listChanged }),
  )
  return server
}

const object = (properties = {}) => ({ type: 'object', properties })
const text = (value) => ({ content: [{ type: 'text', text: value }] })
const readOnly = { readOnlyHint: true }
const pageSize = 4

const png = Buffer.from('png').toString('base64')
const everyType = [
  { type: 'text', text: 'a text' },
  { type: 'image', mimeType: 'image/png', data: png },
  { type: 'image', mimeType: 'image/tiff', data: png },
  { type: 'audio', mimeType: 'audio/wav', data: png },
  {
    type: 'resource_link',
    uri: 'file:///notes.txt',
    name: 'notes',
    description: 'My notes',
    mimeType: 'text/plain',
  },
  { type: 'resource', resource: { uri: 'file:///a.txt', mimeType: 'text/plain', text: 'inside' } },
  { type: 'resource', resource: { uri: 'file:///a.png', mimeType: 'image/png', blob: png } },
  { type: 'resource', resource: { uri: 'file:///a.pdf', mimeType: 'application/pdf', blob: png } },
  { type: 'resource', resource: { uri: 'file:///b.txt', mimeType: 'text/plain', blob: png } },
  { type: 'resource', resource: { uri: 'file:///a.zip', mimeType: 'application/zip', blob: png } },
]

/** Writes a line that tests can find, where they gave a file for it. */
function note(line) {
  if (process.env.TOOL_SERVER_NOTES) appendFileSync(process.env.TOOL_SERVER_NOTES, `${line}\n`)
}
note(`start ${process.pid}`)

let grown = false

function listTools(cursor) {
  const all = [
    { name: 'zeta', description: 'Last by name', inputSchema: object(), annotations: readOnly },
    {
      name: 'echo',
      description: 'Says it back',
      inputSchema: object({ text: { type: 'string' } }),
      annotations: readOnly,
    },
    { name: 'count', inputSchema: object(), title: 'Count up' },
    { name: 'environment', inputSchema: object() },
    { name: 'crash', inputSchema: object() },
    { name: 'crash_once', inputSchema: object(), annotations: { idempotentHint: true } },
    { name: 'hang', inputSchema: object() },
    { name: 'every_type', inputSchema: object() },
    { name: 'structured', inputSchema: object(), outputSchema: object({ n: { type: 'number' } }) },
    { name: 'fail', inputSchema: object() },
    { name: 'huge', inputSchema: object({ before: { type: 'number' } }) },
    { name: 'grow', inputSchema: object() },
    { name: 'helper', inputSchema: object() },
    { name: 'files.read/all', inputSchema: object() },
    ...(grown ? [{ name: 'grown', inputSchema: object() }] : []),
  ]
  const start = Number(cursor ?? 0)
  const next = start + pageSize
  return {
    tools: all.slice(start, next),
    ...(next < all.length && { nextCursor: String(next) }),
  }
}

async function callTool({ name, arguments: args = {}, _meta }, { signal, listChanged }) {
  note(`call ${name}`)
  if (_meta?.traceparent) note(`trace ${_meta.traceparent}`)
  switch (name) {
    case 'echo':
      if (typeof args.text !== 'string') throw new Error('text is required')
      return text(`echo: ${args.text}`)
    case 'environment':
      return text(JSON.stringify({ env: process.env, cwd: process.cwd(), pid: process.pid }))
    case 'crash':
      process.exit(1)
      break
    case 'crash_once': {
      const mark = `${process.env.TOOL_SERVER_NOTES}.crashed`
      if (existsSync(mark)) return text('survived')
      writeFileSync(mark, '')
      process.exit(1)
      break
    }
    case 'hang':
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          note('hang cancelled')
          resolve(text('cancelled'))
        })
      })
    case 'every_type':
      return { content: everyType }
    case 'structured':
      return { content: [], structuredContent: { n: 1 } }
    case 'fail':
      return { isError: true, content: [{ type: 'text', text: 'no such file' }] }
    case 'huge':
      return text(`${'x'.repeat(args.before)}${'😀'.repeat(100)}`)
    case 'grow':
      grown = true
      await listChanged()
      return text('grown')
    case 'helper': {
      const child = spawn('sleep', ['600'], { stdio: 'inherit' })
      return text(String(child.pid))
    }
    default:
      return text(`${name} was called`)
  }
}
