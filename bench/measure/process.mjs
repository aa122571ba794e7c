// What Linux tells about a process and its children.
import { readdirSync, readFileSync } from 'node:fs'

const tickMs = 10

function descendants(pid) {
  const found = [pid]
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
      for (const child of children.split(' ').filter(Boolean)) found.push(...descendants(child))
    }
  } catch {
    // It has ended.
  }
  return found
}

function sum(pid, read) {
  let total = 0
  for (const id of descendants(pid)) {
    try {
      total += read(id)
    } catch {
      // It has ended.
    }
  }
  return total
}

export function residentMb(pid) {
  return sum(pid, (id) => {
    const status = readFileSync(`/proc/${id}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  })
}

export function cpuMs(pid) {
  return sum(pid, (id) => {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickMs
  })
}

/** Milliseconds of a fixed piece of work: whether the machine itself was steady. */
export function spinMs() {
  const start = performance.now()
  let x = 0
  for (let i = 0; i < 2e7; i++) x = (x * 31 + i) | 0
  return performance.now() - start + (x === 42 ? 1 : 0)
}
