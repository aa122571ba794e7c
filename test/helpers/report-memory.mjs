// Preloaded into a program under test: at SIGWINCH it says on stderr what it holds once garbage is gone.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

process.on('SIGWINCH', async () => {
  for (let round = 0; round < 3; round++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  process.stderr.write(`held: ${heapUsed + arrayBuffers}\n`)
})
