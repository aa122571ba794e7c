import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Environment, environment, program } from './program.js'

/** Only Python's standard library is needed, to open a terminal. */
const python = process.env.PYTHON ?? 'python3'
const script = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

/** The program at a terminal of its own, as a person sees it and types into it. */
export function startAtTerminal(args: readonly string[], env: Environment = {}) {
  const child = spawn(python, ['-c', script, process.execPath, program, ...args], {
    env: environment({ TERM: 'xterm', ...env }),
  })
  const ended = once(child, 'close')
  let seen = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      seen += text
    })
  const exited = () => ended.then(([code]) => ({ code: code as number, seen }))
  return {
    type: (keys: string) => void child.stdin.write(keys),
    /** Resolves when that is to be seen. */
    sees: async (pattern: RegExp) => {
      const deadline = Date.now() + 20_000
      while (!pattern.test(seen)) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`${pattern} was not to be seen: ${seen}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    exited,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
