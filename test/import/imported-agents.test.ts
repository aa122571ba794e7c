import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../helpers/config-file.js'
import { connect } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { runProgram, upstream } from '../helpers/program.js'

let fake: FakeProvider
let home: string
let config: string

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => {
  fake.reset()
  home = temporaryFolder()
  config = join(home, 'agents.yaml')
})

const put = (path: string, text: string) => {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}
const agent = (name: string, header = '') =>
  put(
    `.claude/agents/${name}.md`,
    `---\nname: ${name}\ndescription: The ${name}\n${header}---\nYou are ${name}.`,
  )
const configure = (content: object) =>
  writeFileSync(config, JSON.stringify({ defaults: { modelId: 'openai/gpt-4o' }, ...content }))
const run = (...args: string[]) =>
  runProgram([...args, '--config', config], { env: { HOME: home, ...upstream(fake) } })

interface Listed {
  name: string
  modelId: string
  tools: string[]
  source: string
}
const listed = async (): Promise<Listed[]> => JSON.parse((await run('agents', '--json')).stdout)

describe('imported agents', () => {
  test('are listed with their model, tools and file, and run like others', async () => {
    const file = agent('reviewer', 'model: sonnet\ntools: Read, calculator, Agent(helper)\n')
    agent('helper', 'tools: []\n')
    configure({ import: [{ path: '~/.claude/agents', models: { sonnet: 'openai/gpt-5-mini' } }] })
    expect(await listed()).toContainEqual({
      name: 'reviewer',
      description: 'The reviewer',
      modelId: 'openai/gpt-5-mini',
      tools: ['calculator', 'agent_helper'],
      source: file,
    })
    fake.script({ text: 'Looks good.' })
    expect((await run('run', 'Check this', '--agent', 'reviewer')).stdout).toContain('Looks good.')
    const [request] = fake.modelRequests
    expect(request?.body.model).toBe('gpt-5-mini')
    expect(JSON.stringify(request?.body)).toContain('You are reviewer.')
  })

  test('doctor names by file what has no counterpart', async () => {
    agent('reviewer', 'tools: Read, Bash\nhooks: {}\ncolor: red\n')
    configure({ import: [{ path: '.claude/agents' }] })
    const { stdout } = await run('doctor')
    expect(stdout).toMatch(/reviewer\.md:.*Bash.*hooks.*color.*files\/read/)
  })

  test('a file that is no agent is left out, and the others are there', async () => {
    agent('good')
    put('.claude/agents/notes.md', 'Just notes.')
    put('.claude/agents/broken.toml', 'name = ')
    configure({ import: [{ path: '.claude/agents' }] })
    expect((await listed()).map(({ name }) => name)).toEqual(['good'])
    const { stdout } = await run('doctor')
    expect(stdout).toMatch(/notes\.md is left out/)
    expect(stdout).toMatch(/broken\.toml is left out/)
  })

  test('an agent of the file itself comes first, and of two imports the first', async () => {
    agent('same', 'tools: []\n')
    put('other/.claude/same.md', '---\nname: same\ndescription: other\n---\nOther.')
    configure({ import: [{ path: '.claude/agents' }, { path: 'other' }], agents: {} })
    expect((await listed()).map(({ source }) => source)).toEqual([
      join(home, '.claude/agents/same.md'),
    ])
    configure({ import: [{ path: '.claude/agents' }], agents: { same: { description: 'mine' } } })
    expect((await listed()).map(({ source }) => source)).toEqual([config])
  })

  test('a link is followed inside the folder and not to a place outside it', async () => {
    const outside = put('secret.md', '---\nname: secret\ndescription: x\n---\nSecret.')
    const inside = agent('inside')
    symlinkSync(outside, join(home, '.claude/agents/link.md'))
    symlinkSync(inside, join(home, '.claude/agents/zz.md'))
    mkdirSync(join(home, 'elsewhere'))
    put('elsewhere/far.md', '---\nname: far\ndescription: x\n---\nFar.')
    symlinkSync(join(home, 'elsewhere'), join(home, '.claude/agents/folder'))
    configure({ import: [{ path: '.claude/agents' }] })
    expect((await listed()).map(({ name }) => name)).toEqual(['inside'])
    expect((await run('doctor')).stdout).toMatch(/link\.md is left out.*outside/)
  })

  test('a prompt file outside the folder is not read', async () => {
    put('secret.txt', 'Secret.')
    put(
      'oc/opencode.json',
      '{"agent": {"a": {"description": "d", "prompt": "{file:../secret.txt}"}, "b": {"description": "d", "prompt": "{file:./b.txt}"}}}',
    )
    put('oc/b.txt', 'Prompt of b.')
    configure({ import: [{ path: 'oc' }] })
    fake.script({ text: 'ok' }, { text: 'ok' })
    await run('run', 'Hi', '--agent', 'b')
    await run('run', 'Hi', '--agent', 'a')
    const [b, a] = fake.modelRequests.map(({ body }) => JSON.stringify(body))
    expect(b).toContain('Prompt of b.')
    expect(a).not.toContain('Secret.')
    expect((await run('doctor')).stdout).toMatch(/prompt file cannot be read/)
  })

  test('a server that a file defines starts only where the operator says so', async () => {
    agent('a', 'mcpServers:\n  - docs: {command: touch, args: [started]}\ntools: mcp__docs__x\n')
    configure({ import: [{ path: '.claude/agents' }] })
    expect((await listed())[0]?.tools).toEqual([])
    expect((await run('doctor')).stdout).toMatch(/MCP server docs is not started/)
    configure({ import: [{ path: '.claude/agents', mcpServers: true }] })
    expect((await listed())[0]?.tools).toEqual(['docs/x'])
  })

  test('agents that use each other in a cycle lose the tool that closes it', async () => {
    agent('a', 'tools: Agent(b)\n')
    agent('b', 'tools: Agent(a)\n')
    configure({ import: [{ path: '.claude/agents' }] })
    const tools = (await listed()).flatMap((one) => one.tools)
    expect(tools).toHaveLength(1)
  })

  test('AGENTS.md is a system block of every imported agent', async () => {
    agent('a', 'tools: []\n')
    put('AGENTS.md', 'Use tabs.')
    configure({ import: [{ path: '.claude/agents' }, { path: 'AGENTS.md' }] })
    fake.script({ text: 'ok' })
    await run('run', 'Hi', '--agent', 'a')
    expect(JSON.stringify(fake.modelRequests[0]?.body)).toMatch(/You are a\..*Use tabs\./)
  })

  test('a folder that is not there is an error with its place', async () => {
    configure({ import: [{ path: 'nowhere' }] })
    const { code, stderr } = await run('agents')
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/import\[0\].*nowhere cannot be read/)
  })

  test('a file that is added while the server runs is a new agent', async () => {
    agent('first', 'tools: []\n')
    configure({ import: [{ path: '.claude/agents' }] })
    const client = await connect('2025', 'stdio', {
      HOME: home,
      LITELLM_AGENTS_CONFIG: config,
      ...upstream(fake),
    })
    try {
      agent('second', 'tools: []\n')
      await vi.waitFor(
        async () => {
          const { structuredContent } = await client.call('run_agent', {
            prompt: 'Hi',
            agent: 'second',
          })
          expect(structuredContent.status).toBe('completed')
        },
        { timeout: 10_000, interval: 200 },
      )
      rmSync(join(home, '.claude/agents/second.md'))
      await vi.waitFor(
        async () => {
          const { structuredContent } = await client.call('run_agent', {
            prompt: 'Hi',
            agent: 'second',
          })
          expect(structuredContent.status).toBe('failed')
        },
        { timeout: 10_000, interval: 200 },
      )
    } finally {
      await client.close()
    }
  })
})

describe('agents export', () => {
  test('prints an agent as a file of another program, and names what is lost', async () => {
    configure({
      agents: {
        r: {
          description: 'Reviews',
          systemPrompt: 'Review.',
          tools: ['calculator'],
          params: { seed: 1 },
        },
      },
    })
    const { code, stderr, stdout } = await run('agents', 'export', 'r', '--format', 'claude-code')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^---\nname: r\ndescription: Reviews\n[\s\S]*---\n\nReview\.\n$/)
    expect(stderr).toContain('params.seed')
  })

  test.each([
    [['export'], /NAME/],
    [['export', 'rr', '--format', 'codex'], /Did you mean r\?/],
    [['export', 'r'], /--format.*claude-code/],
    [['remove', 'r'], /export/],
  ])('%j is a usage error', async (args, says) => {
    configure({ agents: { r: { description: 'x' } } })
    const { code, stderr } = await run('agents', ...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
  })
})

describe('init --import', () => {
  test('shows what agents become, and adds the folders to the file with its comments kept', async () => {
    agent('reviewer', 'model: opus\ntools: Bash\n')
    writeFileSync(config, '# mine\ndefaults: { modelId: offline/demo } # default\n')
    const { code, stdout } = await run('init', '--import', '--yes', '--client', 'codex')
    expect(code).toBe(0)
    expect(stdout).toMatch(/reviewer: .*\n[\s\S]*Bash/)
    expect((await listed()).map(({ name }) => name)).toEqual(['reviewer'])
    const again = await run('init', '--import', '--yes', '--client', 'codex')
    expect(again.stdout).toMatch(/imports them already/)
  })
})
