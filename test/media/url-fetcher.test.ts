import { afterAll, beforeAll, expect, test } from 'vitest'
import { AgentError } from '../../src/agent/errors.js'
import { UrlFetcher } from '../../src/media/url-fetcher.js'
import { type FileServer, file, redirect, startFileServer } from '../helpers/file-server.js'

let server: FileServer
let other: FileServer
beforeAll(async () => {
  other = await startFileServer({ '/secret': file('image/png', 'secret') })
  server = await startFileServer({
    '/a.png': file('image/png; charset=binary', 'hi'),
    '/page': file('text/html', '<p>hi</p>'),
    '/big': file('image/png', 'x'.repeat(2_000)),
    '/endless': (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      const more = () => void (response.writable && response.write('x'.repeat(500)))
      const timer = setInterval(more, 5)
      response.once('close', () => clearInterval(timer))
    },
    '/silent': () => {},
    '/slow': (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      response.write('x')
    },
    '/zipped': (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end('x')
    },
    '/moved': redirect('/a.png'),
    '/away': redirect(`${other.url}/secret`),
    '/inside': redirect('http://169.254.169.254/latest/meta-data'),
    '/nowhere': redirect('gopher://example.com/'),
    '/round': redirect('/round'),
    '/broken': (request) => void request.socket.destroy(),
    '/busy': (_, response) => void response.writeHead(503).end(),
  })
})
afterAll(async () => {
  await server.close()
  await other.close()
})

const rules = () => ({ hosts: [server.host, 'files.example'], maxBytes: 1_000, timeoutMs: 10_000 })
const never = () => new AbortController().signal

function get(path: string, change: Partial<ReturnType<typeof rules>> = {}, signal = never()) {
  const url = path.startsWith('/') ? server.url + path : path
  const fetcher = new UrlFetcher({ ...rules(), ...change })
  return fetcher.fetch({ url, types: ['image/png'], at: 'prompt[0]' }, signal)
}

async function failure(work: Promise<unknown>): Promise<AgentError> {
  const error = await work.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AgentError)
  return error as AgentError
}

test('an address that is listed as such, also by way of a redirect', async () => {
  expect(String(await get('/a.png'))).toBe('hi')
  expect(String(await get('/moved'))).toBe('hi')
})

test.each([
  ['another host', '/away', 'permission', /The redirect of prompt\[0\] points to 127\.0\.0\.1/],
  ['a private address', '/inside', 'permission', /points to 169\.254\.169\.254/],
  ['another protocol', '/nowhere', 'permission', /only http and https/],
  ['itself', '/round', 'invalidRequest', /more than 3 redirects/],
])('a redirect to %s is not followed', async (_, path, code, message) => {
  expect(await failure(get(path))).toMatchObject({
    code,
    message: expect.stringMatching(message),
    unsent: true,
  })
  expect(other.asked).toEqual([])
})

test.each([
  ['of another type', '/page', 'invalidRequest', /text\/html, not as image\/png/],
  ['that says it is too large', '/big', 'invalidRequest', /too large.*1000 bytes/],
  ['that turns out too large', '/endless', 'invalidRequest', /too large.*1000 bytes/],
  ['in a form not asked for', '/zipped', 'invalidRequest', /compressed/],
  ['that is not there', '/none', 'invalidRequest', /answered 404/],
  ['of a busy host', '/busy', 'connection', /answered 503/],
  ['of a host that hangs up', '/broken', 'connection', /could not be fetched/],
])('content %s is refused', async (_, path, code, message) => {
  const error = await failure(get(path))
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(error.retryable).toBe(code === 'connection')
})

test('all that one fetcher brings home counts', async () => {
  const fetcher = new UrlFetcher({ ...rules(), maxBytes: 3 })
  const wanted = { url: `${server.url}/a.png`, types: ['image/png'], at: 'prompt[0]' }
  expect(String(await fetcher.fetch(wanted, never()))).toBe('hi')
  expect((await failure(fetcher.fetch(wanted, never()))).message).toMatch(/too large/)
})

test.each(['/silent', '/slow'])('a host that keeps one waiting: %s', async (path) => {
  expect(await failure(get(path, { timeoutMs: 100 }))).toMatchObject({
    code: 'timeout',
    retryable: true,
  })
})

test.each(['/silent', '/slow'])('a call that is cancelled meanwhile: %s', async (path) => {
  const caller = new AbortController()
  const work = failure(get(path, {}, caller.signal))
  setTimeout(() => caller.abort(), 50)
  expect((await work).code).toBe('cancelled')
})

test.each([
  ['loopback', ['127.0.0.1']],
  ['an address inside', ['10.0.0.1']],
  ['a public address and a private one', ['93.184.215.14', '192.168.0.1']],
  ['loopback wrapped up', ['::ffff:127.0.0.1']],
])('a listed name that resolves to %s is refused before any connection', async (_, addresses) => {
  const asked: string[] = []
  const fetcher = new UrlFetcher(rules(), (hostname, _options, callback) => {
    asked.push(hostname)
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  })
  const { port } = new URL(server.url)
  const before = server.asked.length
  const wanted = {
    url: `http://files.example:${port}/a.png`,
    types: ['image/png'],
    at: 'prompt[0]',
  }
  const error = await failure(fetcher.fetch(wanted, never()))
  expect(error).toMatchObject({ code: 'permission', message: expect.stringMatching(/not public/) })
  for (const address of addresses) expect(error.message).not.toContain(address)
  expect(asked).toEqual(['files.example'])
  expect(server.asked).toHaveLength(before)
})

test('localhost is such a name, and one that nobody knows is no connection', async () => {
  const port = new URL(server.url).port
  const local = await failure(get(`http://localhost:${port}/a.png`, { hosts: ['localhost'] }))
  expect(local.code).toBe('permission')
  const unknown = new UrlFetcher(rules(), (_hostname, _options, callback) =>
    callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
  )
  const wanted = { url: 'https://files.example/a.png', types: ['image/png'], at: 'prompt[0]' }
  expect(await failure(unknown.fetch(wanted, never()))).toMatchObject({
    code: 'connection',
    message: expect.stringContaining('ENOTFOUND'),
  })
})
