import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ExportedAgent, exportAgent } from '../../src/import/export-agent.js'
import { importFormats } from '../../src/import/imported-agent.js'
import { parseAgents } from '../../src/import/parse-agents.js'

const names = { models: {}, tools: {} }
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/)
const line = fc
  .string({ minLength: 1, maxLength: 40 })
  .map((text) => text.replace(/[\p{C}\u2028\u2029]/gu, '').trim())
  .filter((text) => text !== '')
const agents: fc.Arbitrary<ExportedAgent> = fc
  .record({
    name: word,
    description: line,
    systemPrompt: fc
      .array(
        line.filter((text) => text !== '---'),
        { minLength: 1 },
      )
      .map((lines) => lines.join('\n')),
    modelId: fc.constantFrom(
      undefined,
      'openai/gpt-5',
      'litellm_proxy/claude-4',
      'gemini/gemini-2.5-pro',
    ),
    fallbacks: fc.subarray(['openai/gpt-5-mini', 'mistral/mistral-large-2512']),
    tools: fc.subarray([
      'files/read',
      'files/grep',
      'github/get_issue',
      'docs/*',
      'agent_other',
      'web_fetch',
    ]),
    maxCycles: fc.constantFrom(undefined, 1, 30),
    timeoutSeconds: fc.constantFrom(undefined, 60, 600),
    readOnly: fc.boolean(),
    approval: fc.constantFrom([], ['files/edit', 'files/write']),
    effort: fc.constantFrom(undefined, 'low', 'high'),
  })
  .map(({ effort, maxCycles, modelId, timeoutSeconds, ...agent }) => ({
    ...agent,
    params: effort === undefined ? {} : { reasoning_effort: effort },
    ...(modelId !== undefined && { modelId }),
    ...(maxCycles !== undefined && { maxCycles }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }))

test.each(importFormats)(
  'an agent exported to %s comes back the same, but for what is named as lost',
  (format) => {
    fc.assert(
      fc.property(agents, (agent) => {
        const { fileName, lost, text } = exportAgent(agent, format)
        const path = `/x/.${format}/${fileName}`
        const [back] = parseAgents({ path, text }, names, format)
        const {
          approval,
          description,
          fallbacks,
          limits,
          modelId,
          params,
          readOnly,
          systemPrompt,
          tools,
        } = (back?.entry ?? {}) as Record<string, Record<string, unknown> | undefined>
        const has = (key: string) => !lost.includes(key)
        expect(back?.name).toBe(agent.name)
        expect([description, systemPrompt]).toEqual([agent.description, agent.systemPrompt.trim()])
        if (has('modelId') && !(has('fallbacks') && agent.fallbacks.length > 0))
          expect(modelId).toBe(agent.modelId)
        if (has('tools') && agent.tools.length > 0)
          expect(new Set(tools as never)).toEqual(new Set(agent.tools))
        if (has('maxCycles')) expect(limits?.maxCycles).toBe(agent.maxCycles)
        if (has('timeoutSeconds')) expect(limits?.timeoutSeconds).toBe(agent.timeoutSeconds)
        if (has('params.reasoning_effort') && agent.modelId)
          expect(params?.reasoning_effort).toBe(agent.params.reasoning_effort)
        if (agent.readOnly && has('readOnly')) expect(readOnly).toBe(true)
        if (agent.approval.length > 0 && has('approval') && !agent.readOnly)
          expect(approval).toEqual(agent.approval)
        if (agent.modelId && agent.fallbacks.length > 0 && has('fallbacks'))
          expect(fallbacks).toEqual(agent.fallbacks)
      }),
      { numRuns: 200 },
    )
  },
)
