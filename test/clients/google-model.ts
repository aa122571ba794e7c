import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { JsonObject, Step } from '../helpers/fake-provider/index.js'
import type { CallingModel, Offered, Turn } from './calling-model.js'

/** A model on Google's wire: generateContent and streamGenerateContent. */
export async function startGoogleModel(turn: Turn): Promise<CallingModel> {
  const requests: JsonObject[] = []
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      // Clients ask about the model before they call it.
      const about = { name: 'models/scripted', inputTokenLimit: 1_000_000, outputTokenLimit: 8192 }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(about))
      return
    }
    const body = (await json(request)) as JsonObject
    const offered = (body.tools ?? []).flatMap(
      (tool: JsonObject) => tool.functionDeclarations ?? [],
    )
    if (offered.length > 0) requests.push(body)
    const answer = JSON.stringify(answerOf(turn(offered.map(offeredTool))))
    const streams = request.url?.includes(':streamGenerateContent')
    response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' })
    response.end(streams ? `data: ${answer}\n\n` : answer)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function offeredTool({ name, parameters, parametersJsonSchema }: JsonObject): Offered {
  return { name, inputSchema: parametersJsonSchema ?? parameters ?? {} }
}

function answerOf({ text, toolCalls = [] }: Step): JsonObject {
  const calls = toolCalls.map(({ name, arguments: args }) => ({ functionCall: { name, args } }))
  const parts = [...(text === undefined ? [] : [{ text }]), ...calls]
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: 'scripted',
  }
}
