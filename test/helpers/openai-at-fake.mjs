// Loaded with --import: leads TLS connections to api.openai.com to the fake provider on loopback, in
// plain text, so that a program runs against OpenAI's own address.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const net = require('node:net')
const tls = require('node:tls')
const connect = tls.connect

tls.connect = (...args) => {
  const [options] = args
  const host = options?.host ?? options?.servername
  if (host !== 'api.openai.com') return connect(...args)
  const socket = net.connect({ host: '127.0.0.1', port: Number(process.env.FAKE_OPENAI_PORT) })
  socket.once('connect', () => socket.emit('secureConnect'))
  return socket
}
