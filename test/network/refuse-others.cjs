// Loaded into the program under test before all else: every connection but one to the port in
// TEST_PROXY_PORT, and every look-up of a name, fails and is recorded in TEST_REFUSED_FILE.
const dns = require('node:dns')
const fs = require('node:fs')
const net = require('node:net')

function refuse(what) {
  fs.appendFileSync(process.env.TEST_REFUSED_FILE, `${what}\n`)
  throw Object.assign(new Error(`refused by the test: ${what}`), { code: 'EREFUSEDBYTEST' })
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const [first] = args
  const options = Array.isArray(first)
    ? first[0]
    : typeof first === 'object'
      ? first
      : { port: first, host: args[1] }
  if (!options.path && String(options.port) !== process.env.TEST_PROXY_PORT)
    refuse(`${options.host}:${options.port}`)
  return connect.apply(this, args)
}

const { lookup } = dns
dns.lookup = (name, options, callback = options) => {
  if (net.isIP(name)) return lookup(name, options, callback)
  fs.appendFileSync(process.env.TEST_REFUSED_FILE, `lookup of ${name}\n`)
  process.nextTick(callback, Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }))
}
