import { markdownTable } from '../../scripts/generated.js'
import { isDirect, isEqual, type Kind, measuredReach, type Row } from './reach.js'
import { type Reason, reasonFor } from './reasons.js'

const kinds: readonly Kind[] = ['same', 'form', 'differs', 'more', 'proxy', 'refused', 'neither']
const scenarios: readonly (readonly [string, string])[] = [
  ['A', 'text'],
  ['B', 'with a tool'],
  ['C', 'with an image'],
  ['D', 'with `reasoning_effort`'],
  ['E', 'with a schema'],
]
/** Providers with fewer rows are added up. */
const leastRows = 20

/** Asks our code everything that LiteLLM was asked, and returns the tables of docs/routes.md. */
export async function reachText(): Promise<string> {
  const [rows, popular] = [await measuredReach('questions'), await measuredReach('popular')]
  return [
    summary(rows, popular),
    `By question:\n\n${scenarioTable(rows)}`,
    `By provider, for a call with text alone:\n\n${providerTable(rows)}`,
    `Differences, with the number of questions:\n\n${reasonTable(rows)}`,
  ].join('\n\n')
}

/** Numbers of a set of rows, for a call with text alone and for one with a tool. */
export interface Reach {
  rows: number
  direct: number
  directWithTools: number
  /** The direct rows that LiteLLM calls as well. */
  comparable: number
  equal: number
}

export function reachOf(rows: readonly Row[]): Reach {
  const count = (test: (row: Row) => boolean) => rows.filter(test).length
  return {
    rows: rows.length,
    direct: count(({ verdicts }) => isDirect(verdicts.get('A'))),
    directWithTools: count(({ verdicts }) => isDirect(verdicts.get('B'))),
    comparable: count(({ verdicts: of }) => isDirect(of.get('A')) && of.get('A')?.kind !== 'more'),
    equal: count(({ verdicts }) => isEqual(verdicts.get('A'))),
  }
}

function summary(rows: readonly Row[], popular: readonly Row[]): string {
  const [all, used] = [reachOf(rows), reachOf(popular)]
  return [
    `- ${percent(all.direct, all.rows)} of the ${number(all.rows)} chat and responses rows of the price map are called directly (${number(all.direct)}).`,
    `- LiteLLM calls ${number(all.comparable)} of them as well. ${percent(all.equal, all.comparable)} of these calls are LiteLLM's own request up to form. Every other difference is listed below with its reason.`,
    `- Of ${used.rows} ids that people use, ${used.direct} are called directly, and ${used.directWithTools} with a tool.`,
  ].join('\n')
}

function scenarioTable(rows: readonly Row[]): string {
  const lines = scenarios.map(([letter, name]) => {
    const verdicts = rows.flatMap((row) => row.verdicts.get(letter) ?? [])
    const of = (kind: Kind) => verdicts.filter((verdict) => verdict.kind === kind).length
    return [name, number(verdicts.length), ...kinds.map((kind) => cell(of(kind)))]
  })
  return markdownTable([['', 'questions', ...kinds], ...lines])
}

function providerTable(rows: readonly Row[]): string {
  const byProvider = new Map<string, Row[]>()
  for (const row of rows)
    byProvider.set(row.provider, [...(byProvider.get(row.provider) ?? []), row])
  const sorted = [...byProvider].sort(([, one], [, other]) => other.length - one.length)
  const large = sorted.filter(([, theirs]) => theirs.length >= leastRows)
  const small = sorted.filter(([, theirs]) => theirs.length < leastRows)
  const line = (name: string, theirs: readonly Row[]) => {
    const of = (kind: Kind) =>
      theirs.filter(({ verdicts }) => verdicts.get('A')?.kind === kind).length
    return [name, number(theirs.length), ...kinds.map((kind) => cell(of(kind)))]
  }
  return markdownTable([
    ['provider', 'rows', ...kinds],
    line('all', rows),
    ...large.map(([name, theirs]) => line(`\`${name}\``, theirs)),
    line(
      `${small.length} others`,
      small.flatMap(([, theirs]) => theirs),
    ),
  ])
}

function reasonTable(rows: readonly Row[]): string {
  const counts = new Map<Reason, number>()
  for (const row of rows)
    for (const { differences } of row.verdicts.values())
      for (const reason of new Set(differences.map((one) => reasonFor(one, row))))
        if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const lines = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([{ form, title, why }, count]) => [number(count), title, form ? 'form' : '', why])
  return markdownTable([['questions', 'difference', '', 'reason'], ...lines])
}

const numbers = new Intl.NumberFormat('en-US')

function number(value: number): string {
  return numbers.format(value)
}

function cell(count: number): string {
  return count === 0 ? '' : number(count)
}

function percent(part: number, whole: number): string {
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`
}
