import http from 'node:http'
import { stubPort } from '../servers.mjs'

const agent = new http.Agent({ keepAlive: true, maxSockets: 1024, scheduling: 'lifo' })

/** One POST of JSON on a kept-alive connection. */
export function post(url, body, { headers = {}, onPiece } = {}) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const request = http.request(url, {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer sk-test',
        'content-length': bytes.length,
        ...headers,
      },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const pieces = []
      response.on('error', reject)
      response.on('data', (piece) => {
        onPiece?.(piece)
        pieces.push(piece)
      })
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(pieces).toString() }),
      )
    })
    request.end(bytes)
  })
}

/** Whether a server answers at all. */
export function answers(url) {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false }, (response) => {
      response.destroy()
      resolve(true)
    })
    request.on('error', () => resolve(false))
  })
}

/** What the stub provider has counted. */
export async function stubStats() {
  return (await fetch(`http://127.0.0.1:${stubPort}/stats`)).json()
}
