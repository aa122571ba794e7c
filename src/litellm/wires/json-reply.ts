/** An endpoint that cannot stream answers a stream's request with one JSON reply. */
export function isJson(response: Response): boolean {
  return /^application\/json\b/.test(response.headers.get('content-type') ?? '')
}
