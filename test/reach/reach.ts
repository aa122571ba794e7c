import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { differences, type OurAnswer, type Question, wireOf } from './compare.js'
import { reasonFor } from './reasons.js'

/** The rows of LiteLLM's price map, or the ids that people use. */
export type QuestionSet = 'questions' | 'popular'

/**
 * How a call of ours compares with LiteLLM's: `same`; `form` (the provider and the model read the
 * same); `differs`; `more` (LiteLLM makes no request); `proxy` (it needs a LiteLLM Proxy);
 * `refused`; `neither` (no request on either side).
 */
export type Kind = 'same' | 'form' | 'differs' | 'more' | 'proxy' | 'refused' | 'neither'

export interface Verdict {
  kind: Kind
  differences: string[]
}

/** A row of the price map with the verdicts of its questions, by scenario. */
export interface Row {
  model: string
  provider: string
  verdicts: Map<string, Verdict>
}

const direct: ReadonlySet<Kind> = new Set(['same', 'form', 'differs', 'more'])

export function isDirect(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && direct.has(verdict.kind)
}

export function isEqual(verdict: Verdict | undefined): boolean {
  return verdict?.kind === 'same' || verdict?.kind === 'form'
}

/** Asks the built library what LiteLLM was asked, and compares the requests. */
export async function measuredReach(set: QuestionSet): Promise<Row[]> {
  const questions = lines<Question>(gunzipSync(readFileSync(fileOf(`${set}.jsonl.gz`))).toString())
  const answers = lines<OurAnswer>(await ourAnswers(set))
  const rows = new Map<string, Row>()
  for (const [index, question] of questions.entries()) {
    const { model, provider, scenario } = question
    const row = rows.get(model) ?? { model, provider: provider ?? 'unknown', verdicts: new Map() }
    row.verdicts.set(scenario, verdict(question, answers[index] ?? { request: null }))
    rows.set(model, row)
  }
  return [...rows.values()]
}

function verdict(question: Question, ours: OurAnswer): Verdict {
  const { error = '', request: theirs } = question
  if (!ours.request) {
    if (!theirs) return { kind: 'neither', differences: [] }
    const isProxy = /needs a LiteLLM Proxy/.test(ours.message ?? '')
    const reason = isProxy ? `proxy: ${wireOf(theirs.url)}` : `refused: ${ours.code}`
    return { kind: isProxy ? 'proxy' : 'refused', differences: [reason] }
  }
  if (!theirs)
    return { kind: 'more', differences: [`no request there: ${error.split(':')[0] ?? ''}`] }
  const found = differences(question, theirs, ours.request)
  const isForm = (difference: string) => reasonFor(difference, question)?.form === true
  const kind = found.length === 0 ? 'same' : found.every(isForm) ? 'form' : 'differs'
  return { kind, differences: found }
}

async function ourAnswers(set: QuestionSet): Promise<string> {
  const args = ['--import', fileOf('capture.mjs'), fileOf('our_requests.mjs')]
  const env = { PATH: process.env.PATH, HOME: process.env.HOME }
  const options = { env, maxBuffer: 1e8 }
  const run = promisify(execFile)
  return (await run(process.execPath, [...args, fileOf(`${set}.jsonl.gz`)], options)).stdout
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

function lines<Line>(text: string): Line[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}
