import type { SecureContext } from 'node:tls'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Represents LiteLLM's `ssl_verify`: the file of the trusted authorities, `false` to trust every
 * certificate, `true` or `undefined` for the authorities of the environment.
 */
export type Verify = string | boolean | undefined

/** Returns the value of LiteLLM's variable `SSL_VERIFY`; `undefined` if it is not set. */
export function verifyFromEnvironment({ SSL_VERIFY: value }: Environment = process.env): Verify {
  return value ? asVerify(value) : undefined
}

/** Parses a `Verify` value. The words `true` and `false` are not file names. */
export function asVerify(value: string | boolean): string | boolean {
  if (typeof value === 'boolean') return value
  return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value
}

/** Holds the options of `tls.connect` that decide which certificates are trusted. */
export interface Trust {
  secureContext?: SecureContext
  rejectUnauthorized?: false
}

/** Returns whether an error means that a certificate is not trusted. */
export function isCertificateFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/.test(code)
}

/** Reports a certificate file that is missing or invalid. The message names it. */
export class TrustError extends Error {
  readonly code = 'ERR_CERTIFICATE_FILE'
}

const contexts = new Map<string, SecureContext>()

/**
 * Returns the trust of a connection. A file in `verify` or `SSL_CERT_FILE` replaces Node's own list
 * of authorities; those in `NODE_EXTRA_CA_CERTS` are trusted in every case. Fails with a TrustError.
 */
export function trustFor(verify: Verify, env: Environment = process.env): Trust {
  if (verify === false) return { rejectUnauthorized: false }
  const file = typeof verify === 'string' ? verify : certFile(env)
  if (file === undefined) return {}
  const extra = env.NODE_EXTRA_CA_CERTS || undefined
  const key = JSON.stringify([file, extra])
  let secureContext = contexts.get(key)
  if (!secureContext) {
    const ca = [certificates(file)]
    if (extra !== undefined) ca.push(...extraCertificates(extra))
    secureContext = createContext(ca, file)
    contexts.set(key, secureContext)
  }
  return { secureContext }
}

/**
 * Returns the file in `SSL_CERT_FILE`. A file that does not exist is ignored, as in LiteLLM and
 * OpenSSL.
 */
function certFile({ SSL_CERT_FILE: file }: Environment): string | undefined {
  return file && process.getBuiltinModule('node:fs').existsSync(file) ? file : undefined
}

function certificates(file: string): string {
  let text: string
  try {
    text = process.getBuiltinModule('node:fs').readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new TrustError(`The file of certificates ${file} cannot be read${code}.`)
  }
  if (!text.includes('-----BEGIN')) throw notCertificates(file)
  return text
}

/** Returns the certificates of a file. A file that cannot be read is ignored, as in Node. */
function extraCertificates(file: string): string[] {
  try {
    return [certificates(file)]
  } catch {
    return []
  }
}

function createContext(ca: string[], file: string): SecureContext {
  try {
    return process.getBuiltinModule('node:tls').createSecureContext({ ca })
  } catch {
    throw notCertificates(file)
  }
}

function notCertificates(file: string): TrustError {
  return new TrustError(`The file ${file} does not contain certificates in PEM form.`)
}
