// Asks LiteLLM again what it sends for every chat and responses row of its price map (three minutes;
// it needs .venv-test, and no network), and records the answers in test/reach. Then it asks our code,
// and writes the tables of docs/routes.md: npm run reach. Without a new LiteLLM,
// `npm run generate -- reach` is enough.
import { spawn } from 'node:child_process'

process.chdir(`${import.meta.dirname}/..`)
const folder = 'test/reach'
const oracle = ['.venv-test/bin/python', '-B', `${folder}/litellm_requests.py`] as const
await run(...oracle, `${folder}/questions.jsonl.gz`)
await run(...oracle, `${folder}/popular.jsonl.gz`, '--ids', `${folder}/popular.txt`)
await run('npm', 'run', '--silent', 'build')
await run('npm', 'run', '--silent', 'generate', '--', 'reach')

function run(command: string, ...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}.`))
    })
  })
}
