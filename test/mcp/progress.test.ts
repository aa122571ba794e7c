import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../../src/mcp/calls/progress.js'

interface Heard {
  progress: number
  message: string
  at: number
}

let heard: Heard[]
let progress: Progress

beforeEach(() => {
  vi.useFakeTimers()
  heard = []
  const start = performance.now()
  progress = new Progress((number, message) => {
    heard.push({ progress: number, message, at: performance.now() - start })
  })
  progress.say('started')
})
afterEach(() => {
  progress.stop()
  vi.useRealTimers()
})

const cycle = (number: number) => progress.say(`cycle ${number}`)
const messages = () => heard.map(({ message }) => message)

test('says at once that it has started, then every four seconds that it goes on', () => {
  expect(messages()).toEqual(['started'])
  vi.advanceTimersByTime(9_000)
  expect(messages()).toEqual(['started', 'started (4 s)', 'started (8 s)'])
})

test('says each step once', () => {
  progress.say('cycle 1: calculator')
  cycle(2)
  cycle(2)
  expect(messages()).toEqual(['started', 'cycle 1: calculator', 'cycle 2'])
  vi.advanceTimersByTime(4_000)
  expect(messages().at(-1)).toBe('cycle 2 (4 s)')
})

test('keeps to four a second once there are many, and ends with the latest', () => {
  for (let number = 2; number <= 40; number++) {
    cycle(number)
    vi.advanceTimersByTime(50)
  }
  vi.advanceTimersByTime(250)
  expect(heard.length).toBeLessThan(20)
  expect(messages().at(-1)).toBe('cycle 40')
  const numbers = heard.map(({ progress: number }) => number)
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  const gaps = heard.slice(8).map(({ at }, index) => at - (heard[index + 7] as Heard).at)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250)
})

test('says nothing more once it has stopped, and leaves no timer', () => {
  for (let number = 2; number <= 20; number++) cycle(number)
  progress.stop()
  const before = heard.length
  cycle(21)
  vi.advanceTimersByTime(60_000)
  expect(heard).toHaveLength(before)
  expect(vi.getTimerCount()).toBe(0)
})
