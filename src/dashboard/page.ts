import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Lists the files of the page. Every file is part of the package. */
const files: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/dashboard/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/dashboard/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/dashboard/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
}

const security = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

const read = new Map<string, Promise<{ body: Buffer; etag: string }>>()

export function isPage(path: string): boolean {
  return Object.hasOwn(files, path)
}

export async function sendPage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { name, type } = files[path] as (typeof files)[string]
  const file = read.get(name) ?? load(name)
  read.set(name, file)
  const { body, etag } = await file
  // The browser revalidates the file on each request, and receives it only if it has changed.
  response.setHeader('cache-control', 'no-cache')
  sendTagged(request, response, { body, etag, type })
}

/** Sends JSON that must not be cached on disk. */
export function sendData(request: IncomingMessage, response: ServerResponse, data: object): void {
  const body = Buffer.from(JSON.stringify(data))
  response.setHeader('cache-control', 'no-store')
  sendTagged(request, response, { body, etag: tagOf(body), type: 'application/json' })
}

export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(security)) response.setHeader(name, value)
}

function sendTagged(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { body, etag, type }: { body: Buffer; etag: string; type: string },
): void {
  response.setHeader('etag', etag)
  if (headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  response.writeHead(200, { 'content-type': type, 'content-length': body.length })
  response.end(method === 'HEAD' ? undefined : body)
}

async function load(name: string) {
  // The folder dist/dashboard is next to the folder of this module's chunk.
  const body = await readFile(new URL(`../dashboard/${name}`, import.meta.url))
  return { body, etag: tagOf(body) }
}

function tagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
}
