import * as z from 'zod'
import type { ConfigProblem } from './problems.js'
import { strict } from './strict.js'

type Environment = Readonly<Record<string, string | undefined>>

const wholePositive = z.int().positive()

const engines = ['inProcess', 'dbos'] as const

export const runsSchema = strict({
  engine: z
    .enum(engines)
    .exactOptional()
    .describe('dbos: runs outlive the server, and several servers share them.'),
  databaseUrl: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The PostgreSQL of runs and sessions; means engine: dbos.'),
  listenUrl: z
    .string()
    .min(1)
    .exactOptional()
    .describe('PostgreSQL itself, for notifications, where databaseUrl leads to a pooler.'),
  deployment: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Servers take over runs only from those of the same name and version.'),
  maxConcurrent: wholePositive.exactOptional().describe('Runs at once; the others are queued.'),
  maxQueued: z
    .int()
    .min(0)
    .exactOptional()
    .describe('Queued runs; calls beyond this number are refused.'),
  maxPromptBytes: wholePositive
    .exactOptional()
    .describe('Bytes of the prompts of all queued and active runs; one caller gets half.'),
  resultTtlSeconds: z
    .number()
    .positive()
    .exactOptional()
    .describe('How long get_run finds a run after its end.'),
  maxResults: wholePositive.exactOptional(),
  maxResultBytes: wholePositive.exactOptional(),
  approvalTimeoutSeconds: z
    .number()
    .positive()
    .exactOptional()
    .describe('How long a tool call waits for approval before it is refused.'),
  maxTextChars: wholePositive.exactOptional().describe('Longer answers are cut, with a link.'),
})

export interface RunsConfig {
  /** The numbers of runs at once and of queued runs. */
  maxConcurrent: number
  maxQueued: number
  /** The bytes of the prompts of queued and active runs. Default: an eighth of the heap. */
  maxPromptBytes?: number
  /** How long results are kept, how many of them, and how many bytes. */
  resultTtlSeconds: number
  maxResults: number
  maxResultBytes: number
  /** How long a tool call waits for approval before it is refused. */
  approvalTimeoutSeconds: number
  /** The length at which an answer is cut; a link to the whole answer follows. */
  maxTextChars: number
  /** `undefined` if runs stay in this process. */
  durable?: DurableRunsConfig
}

export interface DurableRunsConfig {
  databaseUrl: string
  /** An address of PostgreSQL itself, for notifications, if `databaseUrl` leads to a pooler. */
  listenUrl?: string
  /** Servers with the same name and version take over each other's runs. */
  deployment: string
}

type RunsContent = z.output<typeof runsSchema>

export function resolveRuns(
  { databaseUrl: _url, listenUrl, deployment = 'default', engine: _engine, ...runs }: RunsContent,
  databaseUrl: string | undefined,
  env: Environment,
): RunsConfig {
  const direct = listenUrl ?? (env.DATABASE_URL_DIRECT || undefined)
  return {
    maxConcurrent: 256,
    maxQueued: 1024,
    resultTtlSeconds: 24 * 60 * 60,
    maxResults: 2000,
    maxResultBytes: 32 * 1024 * 1024,
    approvalTimeoutSeconds: 60 * 60,
    maxTextChars: 20_000,
    ...runs,
    ...(databaseUrl !== undefined && {
      durable: { databaseUrl, deployment, ...(direct !== undefined && { listenUrl: direct }) },
    }),
  }
}

/**
 * Returns the PostgreSQL of durable runs; `undefined` if runs are not durable. HTTP servers use
 * DATABASE_URL by default. Stdio servers inherit their client's environment, so they need an explicit
 * setting.
 */
export function durableDatabase(
  { engine, databaseUrl }: RunsContent,
  env: Environment,
  overHttp: boolean,
): string | undefined {
  const chosen = env.LITELLM_AGENTS_RUNS_ENGINE || engine
  const given = env.DATABASE_URL || undefined
  if (chosen === 'inProcess') return undefined
  if (chosen === 'dbos') return databaseUrl ?? given
  return databaseUrl ?? (overHttp && given && isPostgres(given) ? given : undefined)
}

export function runsProblems(
  { engine, databaseUrl }: RunsContent,
  env: Environment,
): ConfigProblem[] {
  const wanted = env.LITELLM_AGENTS_RUNS_ENGINE || undefined
  if (wanted !== undefined && !engines.some((known) => known === wanted))
    return [
      { path: ['LITELLM_AGENTS_RUNS_ENGINE'], message: `must be one of ${engines.join(', ')}` },
    ]
  if ((wanted ?? engine) === 'inProcess') return []
  const url = databaseUrl ?? ((wanted ?? engine) === 'dbos' ? env.DATABASE_URL || '' : undefined)
  if (url === undefined || isPostgres(url)) return []
  return [
    {
      path: databaseUrl === undefined ? ['DATABASE_URL'] : ['runs', 'databaseUrl'],
      message:
        'must be the URL of a PostgreSQL database, such as postgres://user:password@host/database',
    },
  ]
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url)
}
