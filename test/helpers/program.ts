import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FakeProvider, JsonObject } from './fake-provider/index.js'

/** The built program. */
export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export type Environment = Record<string, string>

export const testKey = 'sk-test-0123456789abcdef'

/** A home without a configuration file, and nothing of the caller's environment but PATH. */
export function environment(extra: Environment = {}): Environment {
  return { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...extra }
}

/** The fake provider as the default model. */
export function upstream(fake: FakeProvider): Environment {
  return {
    LITELLM_AGENTS_MODEL_ID: 'openai/gpt-4o-mini',
    OPENAI_API_BASE: `${fake.url}/v1`,
    OPENAI_API_KEY: testKey,
  }
}

export interface Program {
  readonly child: ChildProcessWithoutNullStreams
  /** What it has printed so far. */
  stdout(): string
  stderr(): string
  /** Writes one message to stdin. */
  send(message: JsonObject): void
  /** The answer to a request, as it was printed. */
  answer(id: number | string | null): Promise<JsonObject>
  /** Resolves with the first text that fits. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
  /** How the process ended, and after how many milliseconds from this call. */
  exited(): Promise<{ code: number | null; signal: string | null; ms: number }>
  stop(): Promise<void>
}

/** Runs the program itself, with nothing between it and the test. */
export function startProgram(args: readonly string[] = [], env: Environment = {}): Program {
  const child = spawn(process.execPath, [program, ...args], { env: environment(env) })
  const exit = once(child, 'close') as Promise<[number | null, string | null]>
  // Writing to a program that has gone is part of some tests.
  child.stdin.on('error', () => {})
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text
    })

  async function find<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = AbortSignal.timeout(20_000)
    while (true) {
      const found = look()
      if (found !== undefined) return found
      const ended = child.exitCode !== null || child.signalCode !== null
      if (deadline.aborted || ended)
        throw new Error(
          `${ended ? 'It ended' : 'Time is up'} before ${what}. stderr: ${printed.stderr}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  return {
    child,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    send: (message) =>
      void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    answer: (id) => find(`an answer to ${id}`, () => messages(printed.stdout).find(isAnswer(id))),
    until: (stream, pattern) =>
      find(String(pattern), () => pattern.exec(printed[stream]) ?? undefined),
    exited: async () => {
      const start = performance.now()
      const [code, signal] = await exit
      return { code, signal, ms: performance.now() - start }
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** Runs the program to its end, as a shell would, and gives what it printed. */
export async function runProgram(
  args: readonly string[],
  { env, stdin = '' }: { env?: Environment; stdin?: string | Uint8Array } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = startProgram(args, env)
  program.child.stdin.end(stdin)
  const { code } = await program.exited()
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** Every whole line of stdout; fails on one that is no JSON. */
export function messages(stdout: string): JsonObject[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

function isAnswer(id: number | string | null) {
  return (message: JsonObject) =>
    message.id === id && (message.result !== undefined || message.error !== undefined)
}

/** The opening of a 2025 client. */
export async function initialize(program: Program): Promise<void> {
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  }
  program.send({ id: 'initialize', method: 'initialize', params })
  await program.answer('initialize')
  program.send({ method: 'notifications/initialized' })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
