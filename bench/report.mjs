// Writes the tables of docs/performance.md, between its markers, and docs/performance.svg.
//   node bench/report.mjs [results.json]
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, percentile, slope } from './measure/numbers.mjs'

const here = import.meta.dirname
const docs = join(here, '../docs')
const results = JSON.parse(readFileSync(process.argv[2] ?? join(here, 'results.json'), 'utf8'))
const { meta } = results

const on24 = { floor: 'floor-sdk2-best', ts: 'ts-strands', py: 'py-strands', ours: 'ours' }
const on20 = { floor: 'floor-sdk2-best-node20', ours: 'ours-node20' }

/** The numbers of a server at a path such as `cold.stdio.list`, one for each round. */
function numbers(server, path) {
  let place = results.servers[server]
  for (const key of path.split('.')) place = place?.[key]
  if (place === undefined) return []
  return Array.isArray(place) ? place : [place]
}

/** Microseconds that each earlier turn adds to a turn, for each session: medians of 20 turns. */
function perEarlierTurn(server) {
  const width = 20
  return numbers(server, 'growth.turns').map((turns) => {
    const points = []
    for (let at = width; at + width <= turns.length; at += width) {
      points.push([at + width / 2, median(turns.slice(at, at + width))])
    }
    return slope(points) * 1_000
  })
}

/** Kilobytes by which a thousand more calls let memory grow, in the later half of the calls. */
function perThousandCalls(server) {
  const points = numbers(server, 'soak.rss')
  if (points.length === 0) return []
  return [slope(points.slice(points.length / 2)) * 1_000 * 1_000]
}

const at = (path) => (server) => numbers(server, path)
const most = (limit) => ({ limit, text: `≤ ${limit} × floor`, ratio: true })
const least = (limit) => ({ limit, text: `≥ ${limit} × floor`, ratio: true, more: true })
const absolute = (limit, unit) => ({ limit, text: `≤ ${limit} ${unit}` })

const rows = [
  ['Spawn → tools/list answered, stdio, Node 24', 'ms', at('cold.stdio.list'), most(1.2)],
  ['The same on Node 20', 'ms', at('cold.stdio.list'), most(1.3), on20],
  ['Spawn → first answer', 'ms', at('cold.stdio.firstAnswer'), most(1.6)],
  ['Memory after start', 'MB', at('cold.stdio.rss'), most(1.2)],
  ['Memory after 1,000 calls', 'MB', at('seq.stdio.rssAfter1000'), most(1.2)],
  ['`run_agent`, one after another, stdio', 'ms', at('seq.stdio.p50'), most(1.4)],
  ['The same over HTTP', 'ms', at('seq.http.p50'), most(1.2)],
  ['Tool loop of three model calls', 'ms', at('loop.p50'), most(1.6)],
  ['`structured_extract`', 'ms', at('extract.p50'), most(1.6)],
  [
    '64 in flight, upstream at once, lean client',
    'calls/s',
    at('lean.stdio.perSecond'),
    least(0.6),
  ],
  ['256 in flight, upstream takes 50 ms', 'calls/s', at('load.50ms.256'), least(0.9)],
  ['First progress after the first token', 'ms', at('stream.first'), absolute(2, 'ms')],
  ['Cost per earlier turn of a session', 'µs', perEarlierTurn, absolute(1.5, 'µs')],
  ['Growth per 1,000 calls', 'KB', perThousandCalls, { text: 'none' }],
  [
    'Package, packed',
    'MB',
    () => numbersOf(meta.install?.packedMb),
    absolute(1.5, 'MB'),
    { ours: 'ours' },
  ],
  ['Production install', 'MB', at('deps.mb'), absolute(60, 'MB'), { ...on24, py: undefined }],
].map(([what, unit, values, target, names = on24]) => {
  const value = (role) => (names[role] ? median(values(names[role])) : Number.NaN)
  const row = { what, unit, values, target, names, value }
  row.ratio = value('ours') / value('floor')
  row.met = met(row)
  return row
})

function numbersOf(value) {
  return value === undefined ? [] : [value]
}

function met({ target, ratio, value }) {
  if (target.limit === undefined) return undefined
  const reached = target.ratio ? ratio : value('ours')
  if (Number.isNaN(reached)) return undefined
  return target.more ? reached >= target.limit : reached <= target.limit
}

function shown(x) {
  if (!Number.isFinite(x)) return '–'
  if (Math.abs(x) >= 100) return Math.round(x).toLocaleString('en-US')
  return x.toFixed(Math.abs(x) >= 10 ? 1 : 2)
}

/** A median, and where the middle half of the rounds lay. */
function spread(values) {
  const text = shown(median(values))
  if (values.length < 3) return text
  return `${text} (${shown(percentile(values, 0.25))}–${shown(percentile(values, 0.75))})`
}

function table(head, lines) {
  const cells = [head, head.map(() => '---'), ...lines]
  return cells.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function targetsTable() {
  const head = ['what', 'floor', 'Strands TS', 'Strands Python', 'ours', '÷ floor', 'target', 'met']
  const lines = rows.map(({ what, unit, values, target, names, value, ratio, met }) => [
    `${what}, ${unit}`,
    names.floor ? spread(values(names.floor)) : '–',
    shown(value('ts')),
    shown(value('py')),
    spread(values(names.ours)),
    Number.isFinite(ratio) && target.ratio ? ratio.toFixed(2) : '–',
    target.text,
    met === undefined ? '–' : met ? 'yes' : '**no**',
  ])
  return table(head, lines)
}

const others = {
  'floor-nosdk': 'hand-written JSON-RPC',
  'floor-sdk1-best': 'floor, SDK v1',
  'floor-sdk2-best': 'floor',
  'floor-sdk2': 'floor, not bundled',
  'ts-strands': 'Strands TS',
  'py-strands': 'Strands Python',
  'py-strands-nostream': 'Strands Python, not streaming',
  'py-strands-proxy': 'Strands Python, LiteLLM Proxy',
  'ours-proxy': 'ours, LiteLLM Proxy',
  ours: 'ours',
}

/** One line for each server that has any of the numbers. */
function curves(title, columns) {
  const lines = Object.entries(others)
    .map(([server, name]) => [name, ...columns.map(([, get]) => shown(get(server)))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== '–'))
  return lines.length === 0 ? '' : table([title, ...columns.map(([name]) => name)], lines)
}

function turnsAt(turn) {
  return (server) =>
    median(
      numbers(server, 'growth.turns').flatMap((turns) =>
        turns.slice(Math.max(0, turn - 3), turn + 2),
      ),
    )
}

function curvesTables() {
  const inFlight = results.meta.quick ? [256] : [1, 64, 256, 1_000]
  const load = (ms) => inFlight.map((n) => [`${n}`, (s) => median(numbers(s, `load.${ms}ms.${n}`))])
  const ms = (path) => (server) => median(numbers(server, path))
  return [
    curves('one call at a time, ms', [
      ['stdio', ms('seq.stdio.p50')],
      ['stdio, CPU', ms('seq.stdio.cpu')],
      ['HTTP', ms('seq.http.p50')],
      ['1,000 tokens', ms('stream.thousand')],
      ['1,000 tokens with progress', ms('stream.thousandHeard')],
    ]),
    curves(
      'calls/s by runs in flight, upstream at once',
      load(0).filter(([n]) => n !== '256'),
    ),
    curves('calls/s by runs in flight, upstream takes 50 ms', load(50)),
    curves('lean client, 64 in flight', [
      ['stdio, calls/s', ms('lean.stdio.perSecond')],
      ['HTTP, calls/s', ms('lean.http.perSecond')],
    ]),
    curves(
      'ms by prompt size',
      [1, 100, 1_000, 10_000].map((kb) => [`${kb} KB`, ms(`size.${kb}`)]),
    ),
    curves(
      'ms by turn of a session',
      [1, 10, 50, 100, 200].map((n) => [`${n}`, turnsAt(n)]),
    ),
  ].filter(Boolean)
}

function soakLine() {
  const told = ['floor-sdk2-best', 'ours']
    .map((server) => [others[server], numbers(server, 'soak.rss')])
    .filter(([, points]) => points.length > 0)
    .map(([name, points]) => {
      const [, first] = points[0]
      const [, half] = points[points.length / 2 - 1]
      const [calls, last] = points.at(-1)
      const early = points[0][0].toLocaleString('en-US')
      return `${name}: ${shown(first)} MB after ${early}, ${shown(half)} after half, ${shown(last)} after ${calls.toLocaleString('en-US')}`
    })
  return told.length === 0 ? '' : `Memory by calls, 64 in flight, stdio: ${told.join('; ')}.`
}

function machine() {
  const versions = Object.entries(meta.versions).map(
    ([name, version]) => `${name} ${version.replace(/^v/, '')}`,
  )
  const errors = Object.entries(results.servers).filter(([, { errors }]) => errors)
  return [
    `Run of ${meta.date}${meta.quick ? ' (`--quick`)' : ''}${meta.scale === 1 ? '' : `, ${meta.scale} times the usual rounds`}. ` +
      `${meta.cpu}, shared by client, server and stub. Client on Node ${meta.node.replace(/^v/, '')}; ${versions.join(', ')}. ` +
      `Load average ${shown(meta.loadAtStart)} at the start, ${shown(median(meta.load))} in the median; ` +
      `a fixed loop took ${shown(median(meta.spin))} ms in the median, ${shown(percentile(meta.spin, 0.95))} at the 95th percentile. ` +
      'Medians of rounds; in brackets the middle half of the rounds.',
    ...errors.map(([name, { errors }]) => {
      const failed = Object.entries(errors).map(
        ([what, { errors: n, calls }]) => `${what}: ${n} of ${n + calls} calls`,
      )
      return `Failed at ${name}: ${failed.join('; ')}.`
    }),
  ].join('\n\n')
}

function chart() {
  const bars = rows
    .filter(({ target, ratio }) => target.ratio && Number.isFinite(ratio))
    .map((row) => {
      const cost = (x) => (row.target.more ? 1 / x : x)
      return {
        ...row,
        cost: cost(row.ratio),
        limit: cost(row.target.limit),
        ts: cost(row.value('ts') / row.value('floor')),
      }
    })
  const widest = 2.25
  const left = 330
  const scale = 160
  const line = 26
  const top = 62
  const x = (cost) => (left + Math.min(cost, widest) * scale).toFixed(1)
  const height = top + bars.length * line + 16
  const parts = bars.map((bar, i) => {
    const y = top + i * line
    const strands = Number.isFinite(bar.ts) ? `Strands TS ${bar.ts.toFixed(1)} ×` : ''
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${bar.what.replaceAll('`', '')}</text>`,
      `<rect class="${bar.met ? 'met' : 'missed'}" x="${left}" y="${y + 3}" width="${(x(bar.cost) - left).toFixed(1)}" height="15" rx="2"/>`,
      `<path class="target" d="M${x(bar.limit)} ${y}v21"/>`,
      `<text x="${x(Math.max(bar.cost, bar.limit)) * 1 + 7}" y="${y + 14}">${bar.cost.toFixed(2)} ×</text>`,
      `<text class="quiet" x="870" y="${y + 14}" text-anchor="end">${strands}</text>`,
    ].join('\n  ')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 ${height}" role="img" aria-label="Cost against the floor">
  <style>
    svg { background: #fff; font: 13px system-ui, sans-serif; }
    text { fill: #1f2328; }
    .quiet { fill: #656d76; }
    .met { fill: #2f81c7; }
    .missed { fill: #c8632b; }
    .target { stroke: #1f2328; stroke-width: 2; }
    .floor { stroke: #8c959f; stroke-dasharray: 3 3; }
    @media (prefers-color-scheme: dark) {
      svg { background: #0d1117; }
      text { fill: #e6edf3; }
      .quiet { fill: #9198a1; }
      .target { stroke: #e6edf3; }
    }
  </style>
  <text x="16" y="22">Cost against the floor, which is 1. Shorter is better; a rate is turned over.</text>
  <text class="quiet" x="16" y="42">A stroke is the target. Blue meets it, orange does not. ${meta.date}, ${meta.cpu.replaceAll('&', '&amp;')}</text>
  <path class="floor" d="M${x(1)} ${top - 6}V${height - 10}"/>
  ${parts.join('\n  ')}
</svg>
`
}

function fill(text, name, content) {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${begin} … ${end}`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}

const file = join(docs, 'performance.md')
let text = readFileSync(file, 'utf8')
text = fill(text, 'targets', `${machine()}\n\n${targetsTable()}`)
text = fill(text, 'curves', [...curvesTables(), soakLine()].filter(Boolean).join('\n\n'))
writeFileSync(file, text)
writeFileSync(join(docs, 'performance.svg'), chart())
console.log(`${machine()}\n\n${targetsTable()}\n\n${soakLine()}`)
