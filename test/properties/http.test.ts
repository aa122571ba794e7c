import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { post } from '../../src/litellm/http/post.js'
import { reportTrust } from '../helpers/trust.js'
import { many, runs } from './runs.js'

/*
 * Our transport against Node's own: whatever a server says, in whatever pieces, both make the same of it.
 */

let properties = 0
let server: Server
let answer: { pieces: Buffer[]; close: boolean }
const headers = { 'content-type': 'application/json', 'x-number': '1' }

beforeAll(async () => {
  server = createServer((socket) => {
    let asked = ''
    socket.on('data', (bytes) => {
      asked += bytes
      if (!asked.endsWith('\r\n\r\n{}')) return
      asked = ''
      void say(socket)
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => {
  server.close()
  reportTrust('properties: HTTP', { properties, runs: runs.total })
})

async function say(socket: Socket): Promise<void> {
  socket.setNoDelay(true)
  for (const piece of answer.pieces) {
    await new Promise((resolve) => socket.write(piece, resolve))
    await new Promise(setImmediate)
  }
  if (answer.close) socket.end()
}

interface Outcome {
  status?: number
  told?: (string | null)[]
  body?: string
  failed: boolean
}

const asked = ['x-test', 'content-type', 'retry-after']

async function byUs(inPieces: boolean): Promise<Outcome> {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1?a=b`)
  const outcome: Outcome = { failed: false }
  try {
    const reply = await post(url, { headers, body: '{}', signal: AbortSignal.timeout(5_000) })
    outcome.status = reply.status
    outcome.told = asked.map((name) => reply.headers.get(name))
    if (!inPieces) outcome.body = await reply.text()
    else {
      let text = ''
      for await (const piece of reply.pieces()) text += piece
      outcome.body = text
    }
  } catch {
    outcome.failed = true
  }
  return outcome
}

async function byNode(): Promise<Outcome> {
  const outcome: Outcome = { failed: false }
  const { port } = server.address() as AddressInfo
  const options = { host: '127.0.0.1', port, path: '/v1?a=b', method: 'POST', headers }
  try {
    const sent = request({ ...options, headers: { ...headers, 'content-length': 2 } })
    sent.on('error', () => {})
    sent.end('{}')
    const [reply] = await once(sent, 'response')
    outcome.status = reply.statusCode
    outcome.told = asked.map((name) => reply.headers[name] ?? null)
    reply.setEncoding('utf8')
    let text = ''
    for await (const piece of reply) text += piece
    outcome.body = text
  } catch {
    outcome.failed = true
  }
  return outcome
}

const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const body = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text))
const cutsOf = (length: number) =>
  fc.array(fc.nat(length), { maxLength: 8 }).map((cuts) => cuts.toSorted((a, b) => a - b))

interface Told {
  status: number
  xTest: string | undefined
  interim: boolean
  framing: 'length' | 'chunked' | 'close' | 'closing length' | '1.0'
  sizes: number[]
  extension: string
  trailer: boolean
  body: Buffer
}

const reply: fc.Arbitrary<Told> = fc.record({
  status: fc.constantFrom(200, 201, 204, 304, 400, 404, 429, 500, 503),
  xTest: fc.option(value, { nil: undefined }),
  interim: fc.boolean(),
  framing: fc.constantFrom('length', 'chunked', 'close', 'closing length', '1.0'),
  sizes: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
  extension: fc.constantFrom('', ';a=b', ';name="x"'),
  trailer: fc.boolean(),
  body,
})

function spoken({ status, framing, xTest, interim, ...told }: Told): Buffer {
  const bodyless = status === 204 || status === 304
  const lines = [`HTTP/1.${framing === '1.0' ? 0 : 1} ${status} Some reason`]
  if (xTest !== undefined) lines.push(`X-Test: ${xTest}`)
  lines.push('Content-Type:application/json  ', 'Keep-Alive: timeout=5')
  if (framing === 'closing length') lines.push('connection: close')
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked')
  else if (framing.endsWith('length')) lines.push(`Content-Length: ${told.body.length}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  const before = interim ? Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n') : ''
  const content = bodyless ? '' : framing === 'chunked' ? chunked(told) : told.body
  return Buffer.concat([Buffer.from(before), head, Buffer.from(content)])
}

function chunked({
  body,
  extension,
  sizes,
  trailer,
}: Omit<Told, 'status' | 'framing' | 'interim' | 'xTest'>) {
  const parts: Buffer[] = []
  let at = 0
  for (const size of [...sizes, body.length]) {
    const piece = body.subarray(at, at + size)
    if (piece.length === 0) break
    at += piece.length
    const length = piece.length.toString(16)
    parts.push(Buffer.from(`${length}${extension}\r\n`), piece, Buffer.from('\r\n'))
  }
  parts.push(Buffer.from(`0\r\n${trailer ? 'x-after: 1\r\n' : ''}\r\n`))
  return Buffer.concat(parts)
}

const inPieces = (bytes: Buffer, cuts: readonly number[]) =>
  [...cuts, bytes.length]
    .map((cut, index) => bytes.subarray(cuts[index - 1] ?? 0, cut))
    .filter((piece) => piece.length > 0)

const said = reply.chain((told) => {
  const bytes = spoken(told)
  const closes = ['close', 'closing length', '1.0'].includes(told.framing)
  return fc.record({
    bytes: fc.constant(bytes),
    cuts: cutsOf(bytes.length),
    /** How many bytes are never sent. */
    missing: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(bytes.length)),
    closes: fc.constant(closes),
    pieces: fc.boolean(),
  })
})

test('replies in any framing and any pieces, whole or broken off, are read as Node reads them', async () => {
  await fc.assert(
    fc.asyncProperty(said, async ({ bytes, closes, cuts, missing, pieces }) => {
      const sent = bytes.subarray(0, bytes.length - missing)
      const whole = cuts.filter((cut) => cut <= sent.length)
      answer = { pieces: inPieces(sent, whole), close: closes || missing > 0 }
      const expected = await byNode()
      expect(await byUs(pieces)).toEqual(expected)
    }),
    many(400, 10_000),
  )
  properties++
}, 300_000)

test('no bytes at all bring it down or keep it waiting', async () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string().map((text) => Buffer.from(`HTTP/1.1 200 OK\r\n${text}\r\n\r\n${text}`)),
    fc.string().map((text) => Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${text}\r\n\r\nab`)),
    fc
      .string()
      .map((text) =>
        Buffer.from(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text}\r\nab`),
      ),
  )
  await fc.assert(
    fc.asyncProperty(noise, async (bytes) => {
      answer = { pieces: [bytes], close: true }
      const { failed, body } = await byUs(false)
      expect(failed || typeof body === 'string').toBe(true)
    }),
    many(200, 10_000),
  )
  properties++
}, 300_000)
