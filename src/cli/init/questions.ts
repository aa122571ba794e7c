import { createInterface } from 'node:readline/promises'
import { type Client, clients } from './clients.js'

interface Wanted {
  clients: readonly Client[]
  modelId: string
}

/** Asks a question that is answered with yes or no; no is the usual answer. */
export async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

/** Asks the user at the terminal for what the options do not say. */
export async function askedFor(
  suggested: Wanted,
  given: { clients: readonly Client[] | undefined; modelId: string | undefined },
): Promise<Wanted> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.on('SIGINT', () => {
    // The shell's prompt belongs on a new line.
    process.stderr.write('\n')
    process.exit(130)
  })
  try {
    return {
      modelId: given.modelId ?? (await askModel(suggested.modelId)),
      clients: given.clients ?? (await askClients(suggested.clients)),
    }
  } finally {
    terminal.close()
  }

  async function askModel(usual: string): Promise<string> {
    return (await terminal.question(`Default model [${usual}]: `)).trim() || usual
  }

  async function askClients(usual: readonly Client[]): Promise<readonly Client[]> {
    const names = usual.map(({ name }) => name).join(' ')
    const all = clients.map(({ name }) => name).join(', ')
    const answer = await terminal.question(`Clients (of ${all}; none) [${names || 'none'}]: `)
    const words = answer.split(/[\s,]+/).filter((word) => word !== '')
    if (words.length === 0) return usual
    const unknown = words.filter(
      (word) => word !== 'none' && !clients.some(({ name }) => name === word),
    )
    if (unknown.length === 0) return clients.filter(({ name }) => words.includes(name))
    process.stderr.write(`Unknown: ${unknown.join(', ')}.\n`)
    return askClients(usual)
  }
}
