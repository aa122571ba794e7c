import { spawn } from 'node:child_process'

/** Waits for the end of its stdin, which is ours, then ends the process group of the child. */
const script = 'while read -r line; do :; done; sleep 1; kill -KILL "-$1"'

/**
 * Ends a child's process group if this process is killed, when it cannot do so itself and the child
 * ignores the end of its stdin. Returns a function to call once the child has ended.
 */
export function guardChild(pid: number): () => void {
  if (process.platform === 'win32') return () => {}
  const guard = spawn('sh', ['-c', script, 'sh', String(pid)], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Without a shell, the child ends as it did before: by the end of its stdin.
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  guard.unref()
  if (guard.stdin && 'unref' in guard.stdin) (guard.stdin as { unref(): void }).unref()
  return () => void guard.kill('SIGKILL')
}
