import { setTimeout as sleep } from 'node:timers/promises'
import {
  acceptedContent,
  inputRequired,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { AgentError } from '../../src/agent/errors.js'
import type { Tool } from '../../src/agent/tools/tool.js'
import { runCall } from '../../src/mcp/calls/run-call.js'
import { tasksExtension } from '../../src/mcp/calls/tasks.js'
import type { Services } from '../../src/mcp/services.js'
import type { ToolAnswer, ToolCall } from '../../src/mcp/tool-call.js'
import { callTool } from '../../src/mcp/tools/call-tool.js'
import type { BuildRun } from '../../src/runs/spec.js'
import { spec } from '../helpers/engine.js'
import { ScriptedModel, type Step } from '../helpers/scripted-model.js'
import type { Mint } from './asking-tools.js'
import { form } from './content.js'
import type { FixtureTool } from './plain-tools.js'

/** What the model of a run does, by the name of the tool that starts it. */
const scripts: Record<string, (prompt: string) => { afterMs?: number; steps: readonly Step[] }> = {
  slow_compute: (seconds) => ({ afterMs: Number(seconds) * 1000, steps: ['Computed.'] }),
  failing_job: () => ({ afterMs: 1_200, steps: [failure] }),
  confirm_delete: () => ({ steps: [asksFor('delete'), 'Done.'] }),
  multi_input: () => ({ steps: [asksFor('delete', 'move'), 'Done.'] }),
  test_tool_with_task: (name) => ({ afterMs: 1_200, steps: [`Hello, ${name}!`] }),
}

const failure = new AgentError({
  code: 'toolError',
  message: 'The job failed, as it always does.',
  hint: 'Ask for another.',
})

function asksFor(...names: string[]): Step {
  return { calls: names.map((name) => ({ name, input: {} })) }
}

const heldTools = ['delete', 'move'].map(
  (name): Tool => ({
    spec: { name, description: name, inputSchema: { type: 'object' } },
    run: () => 'Done.',
  }),
)

/** Makes the runs that the tools below start. */
export const buildRun: BuildRun = async ({ modelId, prompt }) => {
  const script = scripts[modelId]
  if (!script) {
    // Long enough for a task to be made of it.
    await sleep(1_200)
    throw new TypeError('The program has a mistake, as protocol_error_job wants it.')
  }
  const { afterMs = 0, steps } = script(String(prompt))
  const model = new ScriptedModel(steps)
  const stream = model.stream.bind(model)
  model.stream = async function* (request, options) {
    await sleep(afterMs, undefined, { signal: options.signal })
    yield* stream(request, options)
  }
  return { model, tools: heldTools }
}

type Call = Omit<ToolCall, 'args' | 'budget' | 'name' | 'sendProgress' | 'client' | 'trace'>

/** Tools that are runs of the engine, and answer as run_agent does. */
export function taskTools(
  services: Services,
  callOf: (context: ServerContext) => Call,
  mint: Mint,
): Record<string, FixtureTool<ToolAnswer>> {
  const start = (name: string, prompt: string, context: ServerContext) => {
    const own = callOf(context)
    const run = spec({
      principal: own.principal,
      modelId: name,
      prompt,
      approval: ['*'],
    })
    const call: ToolCall = {
      ...own,
      // What a run asks for is asked by its task.
      elicitor: { ...own.elicitor, supported: false },
      args: {},
      budget: undefined,
      client: undefined,
      sendProgress: undefined,
      trace: undefined,
    }
    const tool = { name, describe: () => ({ name, inputSchema: { type: 'object' as const } }) }
    return callTool({ ...tool, call: (told) => runCall(run, {}, told, services) }, call, services)
  }
  const inTask = (name: string, prompt: string, context: ServerContext) => {
    if (!callOf(context).takesTasks) throw tasksRequired()
    return start(name, prompt, context)
  }
  const onlyTasks = ['failing_job', 'protocol_error_job', 'confirm_delete', 'multi_input']
  return {
    ...Object.fromEntries(
      onlyTasks.map((name) => [name, { call: (_, context) => inTask(name, 'Go', context) }]),
    ),
    slow_compute: {
      inputSchema: { type: 'object', properties: { seconds: { type: 'number' } } },
      call: ({ seconds = 0 }, context) => start('slow_compute', String(seconds), context),
    },
    test_tool_with_task: {
      call: async (_, context) => {
        const answer = acceptedContent(context.mcpReq.inputResponses, 'user_name')
        if (!callOf(context).takesTasks) throw tasksRequired()
        if (answer) return start('test_tool_with_task', Object.values(answer).join(' '), context)
        const inputRequests = { user_name: form('What is your name?', 'name') }
        return inputRequired({ inputRequests, requestState: await mint({ round: 1 }, context) })
      },
    },
  }
}

function tasksRequired() {
  return new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [tasksExtension]: {} } },
  })
}
