import { partOf } from './profile.mjs'

const px = 1_200
const row = 17
const head = 34
const charPx = 6.2
const maxDepth = 34

/** One colour a part, so that two pictures can be read side by side. */
const colours = {
  'garbage collection': '#b9b9b9',
  'writing to the socket and to stdout': '#f2c14e',
  'node:http client': '#7fb3d5',
  'node: streams, sockets, timers and the rest': '#a9cce3',
  'module loader': '#d7bde2',
  'MCP SDK': '#bb8fce',
  zod: '#af7ac5',
  "openai's client": '#e59866',
  'undici and fetch': '#edbb99',
  'our MCP layer': '#82c596',
  "the agent's loop, history, usage": '#58a06c',
  'routes, cost, cache report': '#a3d9b1',
  'wires and their transport': '#76d7c4',
  'the rest': '#dddddd',
}

/** An SVG of who called whom, as wide as the time spent; each box tells its own on hover. */
export function flameGraph(tree, { title, perCall, width }) {
  const scale = (px * perCall) / width
  const boxes = []
  let deepest = 0
  const place = ({ name, source, total, children }, x, depth) => {
    const w = total * scale
    if (w < 0.8 || depth > maxDepth) return
    deepest = Math.max(deepest, depth)
    if (depth > 0) boxes.push(box({ name, source, x, depth, w, ms: total * perCall }))
    let at = x
    for (const child of children) {
      place(child, at, depth + 1)
      at += child.total * scale
    }
  }
  place(tree, 0, 0)
  const height = head + (deepest + 1) * row
  const caption = `${title}: ${(tree.total * perCall).toFixed(2)} ms busy; the picture is ${width.toFixed(2)} ms wide`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px} ${height}" font-family="ui-monospace, monospace" font-size="10" role="img">
<title>${escaped(caption)}</title>
<rect width="${px}" height="${height}" fill="#fff"/>
<text x="6" y="20" font-size="13">${escaped(caption)}</text>
${boxes.join('\n')}
</svg>
`
}

function box({ name, source, x, depth, w, ms }) {
  const y = head + (depth - 1) * row
  const room = Math.floor((w - 4) / charPx)
  const label =
    room >= 4
      ? `<text x="${x.toFixed(1)}" dx="2" y="${y + 12}">${escaped(name.slice(0, room))}</text>`
      : ''
  const tip = escaped(`${name} (${source}) ${ms.toFixed(3)} ms`)
  return `<g><title>${tip}</title><rect x="${x.toFixed(1)}" y="${y}" width="${w.toFixed(1)}" height="${row - 1}" fill="${colours[partOf(source)]}"/>${label}</g>`
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
