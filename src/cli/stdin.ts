import { fstatSync } from 'node:fs'

/** How long stdin may be silent before the user is informed, or a socket is given up. */
const patienceMs = 3_000

/**
 * Returns what was piped to stdin; `undefined` if stdin is a terminal, a device or empty. A pipeline is
 * read to its end, however long that takes, because a prompt without its input gives a wrong answer. A
 * socket comes from a program that may neither write to it nor close it, so silence there means no input.
 */
export function readPiped({ quiet }: { quiet: boolean }): Promise<Buffer | undefined> {
  const kind = kindOfStdin()
  if (kind === undefined) return Promise.resolve(undefined)
  const note = (text: string) => {
    if (!quiet) process.stderr.write(text)
  }
  const { stdin } = process
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      if (kind === 'pipe')
        return note('Waiting for the end of stdin. Redirect it with < /dev/null to ignore it.\n')
      note('Nothing arrived on stdin, so the prompt has no piped input.\n')
      stdin.destroy()
      resolve(undefined)
    }, patienceMs)
    stdin.on('data', (chunk) => {
      clearTimeout(timer)
      chunks.push(Buffer.from(chunk))
    })
    stdin.once('end', () => {
      clearTimeout(timer)
      resolve(chunks.length > 0 ? Buffer.concat(chunks) : undefined)
    })
    stdin.once('error', reject)
  })
}

function kindOfStdin(): 'pipe' | 'socket' | undefined {
  if (process.stdin.isTTY) return undefined
  try {
    const stats = fstatSync(0)
    if (stats.isSocket()) return 'socket'
    return stats.isFIFO() || stats.isFile() ? 'pipe' : undefined
  } catch {
    // The descriptor is closed.
    return undefined
  }
}
