import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { temporaryFolder } from '../helpers/config-file.js'

export interface PrivateAuthority {
  /** The file with the certificate of the authority. */
  file: string
  cert: string
  key: string
}

/** A certificate for hosts, signed by an authority that only its own file makes trusted. */
export function privateAuthority(hosts: readonly string[]): PrivateAuthority {
  const folder = temporaryFolder()
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`))
  writeFileSync(at('names'), `subjectAltName=${names.join(',')}\n`)
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=Test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
  )
  openssl('req', ...newKey, '-subj', `/CN=${hosts[0]}`, '-keyout', 'host.key', '-out', 'host.csr')
  openssl(
    'x509',
    '-req',
    '-in',
    'host.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'names',
    '-out',
    'host.crt',
    '-days',
    '2',
  )
  return {
    file: at('ca.crt'),
    cert: readFileSync(at('host.crt'), 'utf8'),
    key: readFileSync(at('host.key'), 'utf8'),
  }
}

/** A TLS server on loopback that passes what it decrypts to a port. */
export async function startTls({ cert, key }: PrivateAuthority, to: number) {
  let connections = 0
  const server = createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (socket) => {
    connections++
    const plain = connect(to, '127.0.0.1')
    socket.pipe(plain).pipe(socket)
    socket.on('error', () => plain.destroy())
    plain.on('error', () => socket.destroy())
    socket.on('close', () => plain.destroy())
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    connections: () => connections,
    close: () => void server.close(),
  }
}
