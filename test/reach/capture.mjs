// Ends every connection of this process in the process itself. Load it with --import before the
// library. Each request is kept in globalThis.captured, oldest first, and answered with 400. Google's
// address for access tokens gets a token instead.
import http from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const net = require('node:net')
const tls = require('node:tls')
const { connect } = net
const refusal = JSON.stringify({
  type: 'error',
  error: { message: 'captured', type: 'invalid_request_error', code: 'captured' },
  message: 'captured',
})
const token = JSON.stringify({ access_token: 'fake-VERTEX_ACCESS_TOKEN', expires_in: 3600 })

globalThis.captured = []

/** Keeps a request, and returns the status and the body of its answer. */
function answer(method, url, headers, text) {
  if (url.startsWith('https://oauth2.googleapis.com/')) return [200, token]
  let body = text
  try {
    body = JSON.parse(text)
  } catch {}
  globalThis.captured.push({ method, url, headers, body })
  return [400, refusal]
}

async function listening(scheme) {
  const server = http.createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const url = `${scheme}://${request.headers.host}${request.url}`
    const text = Buffer.concat(chunks).toString()
    const [status, body] = answer(request.method, url, request.headers, text)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return server.address().port
}

const plain = await listening('http')
const secure = await listening('https')
const to = (port) => connect({ host: '127.0.0.1', port })
net.connect = net.createConnection = () => to(plain)
tls.connect = () => {
  const socket = to(secure)
  socket.once('connect', () => socket.emit('secureConnect'))
  return socket
}
globalThis.fetch = async (input, init = {}) => {
  const headers = Object.fromEntries(new Headers(init.headers))
  const url = String(input?.url ?? input)
  const [status, body] = answer(init.method ?? 'GET', url, headers, String(init.body ?? ''))
  return new Response(body, { status, headers: { 'content-type': 'application/json' } })
}
