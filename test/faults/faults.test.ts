import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportTrust, trusting } from '../helpers/trust.js'
import { Bench } from './bench.js'
import { addresses, type Fault, faults, type Route, routes, unreachable } from './faults.js'
import { expected, seen } from './judge.js'
import { type Situation, situations } from './situations.js'

let bench: Bench
let cases = 0

beforeAll(async () => {
  bench = await Bench.start()
})
afterAll(async () => {
  await bench.close()
  reportTrust(
    'faults',
    {
      faults: faults.length + Object.keys(addresses).length,
      situations: situations.length,
      routes: routes.length,
      cases,
    },
    table(),
  )
})

async function strike(at: Bench, fault: Fault, situation: Situation, route: Route) {
  const outcome = await at.strike(fault, situation, route)
  const where = `${fault.name}, ${situation}, ${route}`
  expect({ where, ...seen(outcome) }).toEqual({
    where,
    ...expected(fault, situation, route, outcome),
  })
  if (outcome.result.structuredContent.text?.startsWith('You said'))
    expect(outcome.result.structuredContent.text).toContain('Grüß Gott, 🎉 zażółć!')
  cases++
}

function routesOf({ wires }: Fault): Route[] {
  return routes.filter((route) => wires?.includes(route === 'proxy' ? 'openai' : route) ?? true)
}

// All situations by `npm run trust`; else each fault in a fresh run, and in one of the others.
function situationsOf(position: number): readonly Situation[] {
  const [fresh, ...others] = situations
  return trusting ? situations : [fresh, others[position % others.length] as Situation]
}

describe.concurrent('a run that meets a fault ends as it must, and the next is well', () => {
  test.each(faults.map((fault, position) => ({ fault, position, name: fault.name })))(
    '$name',
    async ({ fault, position }) => {
      const all = situationsOf(position).flatMap((situation) =>
        // Beside the fresh runs, one route tells.
        routesOf(fault)
          .filter((_, at) => trusting || situation === 'fresh' || at === 0)
          .map((route) => strike(bench, fault, situation, route)),
      )
      await Promise.all(all)
    },
  )

  test.each(Object.entries(addresses))('%s', async (name, address) => {
    const away = await Bench.start(address)
    try {
      // Where the first model call fails there is no second cycle.
      const some = situations.filter((situation) => situation !== 'second cycle')
      await Promise.all(
        some.flatMap((situation) =>
          routes.map((route) => strike(away, unreachable(name), situation, route)),
        ),
      )
    } finally {
      await away.close()
    }
  })
})

function table(): string[] {
  const all = [...faults, ...Object.keys(addresses).map(unreachable)]
  return [
    '| fault | the run ends with | requests, where one retry is allowed |',
    '|---|---|---|',
    ...all.map(({ name, ends, asked, group }) => {
      const ending = ends === 'ok' ? 'its answer' : `\`${ends}\``
      return `| ${group}: ${name} | ${ending} | ${asked === 0 ? 'none arrives' : asked} |`
    }),
  ]
}
