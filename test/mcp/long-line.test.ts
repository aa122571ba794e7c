import { expect, test } from 'vitest'
import { LineReader, type LongLine, requestOf } from '../../src/mcp/stdio/line-reader.js'

/** What comes through and what was too long, for a text that comes in pieces of a size. */
function read(text: string, pieceBytes: number, maxBytes = 20) {
  const lines: string[] = []
  const long: LongLine[] = []
  const reader = new LineReader(maxBytes, {
    onLine: (line) => lines.push(line),
    onLongLine: (line) => long.push(line),
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceBytes)
    reader.push(bytes.subarray(at, at + pieceBytes))
  reader.end()
  return { lines, long }
}

test.each([1, 3, 7, 1000])('cuts into lines what comes in pieces of %i bytes', (pieceBytes) => {
  const { lines, long } = read('one\n\ntwö\nthree', pieceBytes)
  expect(lines).toEqual(['one', 'twö', 'three'])
  expect(long).toEqual([])
})

test.each([1, 3, 7, 1000])('drops what is too long, in pieces of %i bytes', (pieceBytes) => {
  const { lines, long } = read(`one\n${'x'.repeat(30)}\ntwo\n`, pieceBytes)
  expect(lines).toEqual(['one', 'two'])
  expect(long).toHaveLength(1)
  expect(long[0]?.head.startsWith('xxx')).toBe(true)
  expect(long[0]?.tail.endsWith('xxx')).toBe(true)
})

test('reports one that is never ended, too', () => {
  expect(read('x'.repeat(30), 7).long).toHaveLength(1)
})

const params = '"params":{"name":"run_agent","id":1,"arguments":{"id":2}}'

test.each([
  ['first', `{"jsonrpc":"2.0","id":7,"method":"tools/call",${params}}`, 7, 'tools/call'],
  ['last', `{"method":"tools/call",${params},"jsonrpc":"2.0","id":"a\\"b"}\n`, 'a"b', 'tools/call'],
  ['on both sides', `{ "id" : -3 , ${params} , "method" : "tools/call" }`, -3, 'tools/call'],
  ['nowhere', `{"jsonrpc":"2.0","method":"note",${params}}`, null, 'note'],
  ['only inside the params', `{${params}}`, null, null],
  ['in no object', '"id":7', null, null],
])('finds the id where it stands %s', (_, line, id, method) => {
  expect(requestOf({ head: line, tail: line })).toEqual({ id, method })
})
