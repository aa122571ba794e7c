import type { createMcpHandler } from '@modelcontextprotocol/server'

type Fetch = ReturnType<typeof createMcpHandler>['fetch']

/** Short enough for whoever takes a silent server for dead, long enough for what is answered at once. */
const patienceMs = 500
const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text)

/**
 * What is answered at once is answered as one JSON message, with the status that belongs to it. Where
 * an answer is longer in coming, a stream begins without it, and is kept alive until it is there.
 */
export function withEarlyHeaders(fetch: Fetch, keepAliveMs: number): Fetch {
  return async (request, options) => {
    const answer = fetch(request, options)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patienceMs)
    })
    try {
      const first = await Promise.race([answer, late])
      return first ?? new Response(streamOf(answer, keepAliveMs), { headers })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** An answer as a stream of events, comments before it; that of a request that was broken off is empty. */
function streamOf(answer: Promise<Response>, keepAliveMs: number): ReadableStream<Uint8Array> {
  let timer: NodeJS.Timeout | undefined
  let rest: ReadableStreamDefaultReader<Uint8Array> | undefined
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(bytes(': working\n\n'))
      timer = setInterval(() => controller.enqueue(bytes(': keepalive\n\n')), keepAliveMs)
    },
    pull: async (controller) => {
      rest ??= await eventsOf(answer).finally(() => clearInterval(timer))
      const { done, value } = await rest.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async (reason) => {
      clearInterval(timer)
      await rest?.cancel(reason)
    },
  })
}

async function eventsOf(answer: Promise<Response>) {
  const response = await answer
  const isStream = response.headers.get('content-type') === headers['content-type']
  const body = isStream ? response.body : undefined
  return (body ?? new Blob([await eventOf(response)]).stream()).getReader()
}

async function eventOf(response: Response): Promise<string> {
  const text = await response.text()
  return text === '' ? '' : `event: message\ndata: ${text}\n\n`
}
