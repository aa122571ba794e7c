// Runs servers that share a database and kills them at random while they work: npm run chaos
import { chaos } from '../test/helpers/chaos.js'

const options = {
  nodes: 3,
  runs: 60,
  cycles: 6,
  callMs: 5_000,
  runsPerNode: 25,
  kills: 1_000,
  killEveryMs: 3_000,
}
const { kills, ms, paidAgain, results, tokens } = await chaos(options)
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const completed = results.filter(({ status }) => status === 'completed').length
const lines = [
  `${completed} of ${options.runs} runs of ${options.cycles} model calls completed, after ${Math.round(ms / 1000)} s and ${kills} kills.`,
  `Nodes took runs over ${sum(paidAgain.map(({ takenOn }) => takenOn - 1))} times.`,
  `Model calls that were paid for again: ${sum(paidAgain.map(({ calls }) => calls))}.`,
  `Tokens: the provider counted ${tokens.counted}, ${tokens.again} of them for calls cut short; results say ${tokens.reported}, totals ${tokens.totals}.`,
]
process.stdout.write(`${lines.join('\n')}\n`)
const sound =
  completed === options.runs &&
  paidAgain.every(({ calls, takenOn }) => calls < takenOn) &&
  tokens.reported === tokens.counted - tokens.again &&
  tokens.totals === tokens.reported
process.exit(sound ? 0 : 1)
