import { expect, test } from 'vitest'
import { type Route, resolveRoute } from '../../src/litellm/route.js'
import { runPython } from '../helpers/python.js'
import { idCases, prefixCases, proxyCases, type RouteCase } from './route-cases.js'

interface Answer {
  error?: string
  provider?: string
  model?: string
  key?: string | null
  base?: string | null
  request: { url: string; keys: Record<string, string>; model: string | null } | null
  read: string[]
}
export function ours({ model, env }: RouteCase): Route | undefined {
  try { return resolveRoute({ modelId: model }, env) } catch { return undefined }
}
test('x', async () => {
  const cases = [...prefixCases, ...idCases, ...proxyCases]
  const answers = (await runPython('get_llm_provider.py', cases)) as Answer[]
  const lines: string[] = []
  cases.forEach((c, at) => { for (const d of differences(ours(c), answers[at] as Answer)) lines.push(`${c.model} [${Object.keys(c.env).length < 8 ? Object.keys(c.env) : ''}] ${d}`) })
  console.log(cases.length, prefixCases.length, idCases.length)
  console.log(lines.join('\n'))
}, 120_000)
function differences(o: Route | undefined, t: Answer): string[] {
  if (!o || t.error) return !o && t.error ? [] : [`${!o ? 'refused; theirs ' + t.provider + ' ' + t.request?.url : 'placed ' + o.provider + '; theirs refused'}`]
  const d: string[] = []
  const say = (f: string, a: unknown, b: unknown) => { if (a !== b) d.push(`${f}: ours ${a} theirs ${b}`) }
  say('provider', o.provider, t.provider)
  say('model', o.model, t.model)
  if (t.key) say('key', o.apiKey, t.key)
  if (t.base) say('base', o.baseUrl, t.base.replace(/\/+$/, ''))
  if (t.request) {
    say('url', urlOf(o), t.request.url)
    say('sentKey', o.apiKey, Object.values(t.request.keys)[0]?.replace(/^Bearer /, ''))
    if (t.request.model !== null) say('sentModel', o.model, t.request.model)
  } else d.push('norequest')
  return d
}
function urlOf(o: Route): string {
  const q = o.query ? `?${new URLSearchParams(o.query)}` : ''
  return o.wire === 'openai-chat' ? `${o.baseUrl}/chat/completions${q}` : o.wire === 'anthropic-messages' ? `${o.baseUrl}/v1/messages` : o.baseUrl
}
