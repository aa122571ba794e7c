// Prints what the built library sends for the recorded questions, one JSON line for each: {model,
// scenario, request | null, code, message}. Usage:
// node --import ./capture.mjs our_requests.mjs QUESTIONS.jsonl.gz
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const json = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
const env = json('env.json')
const given = json('scenarios.json')
for (const name of Object.keys(process.env))
  if (/^(AWS|GOOGLE|VERTEX|AZURE)_|_API_KEY$|_API_BASE$|_PROXY$/i.test(name))
    delete process.env[name]
Object.assign(process.env, env)
const { LiteLLMModel } = await import('../../dist/index.js')

const noise =
  /^(user-agent|host|connection|content-length|accept-encoding|accept-language|sec-fetch-mode|x-stainless-.*|x-amz-date|date|amz-sdk-.*|x-amz-content-sha256|x-amz-user-agent)$/

function masked(text) {
  return /signature=/i.test(text)
    ? `${text.split(' ')[0]} {{SIGNATURE}}`
    : text.replace(/fake-([A-Z0-9_]+)/g, '{{KEY:$1}}')
}

function question(letter) {
  const content = [{ text: given.user }]
  if (letter === 'C') content.push({ image: { format: 'png', source: { bytes: given.png } } })
  const params = { max_tokens: given.maxTokens }
  if (letter === 'D') params.reasoning_effort = given.effort
  if (letter === 'E')
    params.response_format = {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: given.schema },
    }
  const { name, description, parameters } = given.tool
  return {
    params,
    request: {
      system: [{ text: given.system }],
      messages: [{ role: 'user', content }],
      tools: letter === 'B' ? [{ name, description, inputSchema: parameters }] : [],
      ...(letter === 'B' && { toolChoice: { type: 'auto' } }),
    },
  }
}

async function ask(modelId, letter) {
  globalThis.captured.length = 0
  const { params, request } = question(letter)
  let error
  try {
    const model = new LiteLLMModel({ modelId, params, clientArgs: { num_retries: 0 } }, { env })
    for await (const _event of model.stream(request, { signal: AbortSignal.timeout(10_000) }));
  } catch (thrown) {
    error = thrown
  }
  const [first] = globalThis.captured
  if (!first)
    return { request: null, code: error?.code ?? error?.name, message: String(error?.message) }
  const headers = Object.entries(first.headers)
    .filter(([name]) => !noise.test(name))
    .map(([name, value]) => [name, masked(String(value))])
  return { request: { ...first, url: masked(first.url), headers: Object.fromEntries(headers) } }
}

const text = gunzipSync(readFileSync(process.argv[2])).toString()
for (const line of text.trim().split('\n')) {
  const { model, scenario } = JSON.parse(line)
  const answered = await ask(model, scenario)
  process.stdout.write(`${JSON.stringify({ model, scenario, ...answered })}\n`)
}
process.stdout.write('', () => process.exit(0))
