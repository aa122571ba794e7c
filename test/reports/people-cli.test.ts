import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients, placeOf } from '../../src/cli/init/clients.js'
import { table } from '../../src/cli/table.js'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { environment, program, runProgram, startProgram, upstream } from '../helpers/program.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

type Options = Parameters<typeof runProgram>[1]

const cli = (args: string[], options: Options = {}) =>
  runProgram(args, { ...options, env: { ...upstream(fake), ...options.env } })
const run = (args: string[], options: Options = {}) => cli(['run', ...args], options)
/** Returns the text of the last prompt that the model received. */
const prompt = () => fake.modelRequests.at(-1)?.body.messages.at(-1)?.content[0].text

/** Runs a command line of the shell, in which `$PROGRAM` is the built program. */
async function shell(line: string, env: Record<string, string> = {}) {
  const child = spawn('bash', ['-c', line], {
    env: environment({ ...upstream(fake), PROGRAM: `${process.execPath} ${program}`, ...env }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

describe('people F6: run combines piped stdin with the prompt', () => {
  test('people F6: text from a pipeline follows the prompt', async () => {
    const { code } = await shell('echo "the data" | $PROGRAM run "Summarize this"')
    expect(code).toBe(0)
    expect(prompt()).toBe('Summarize this\n\nthe data')
  })

  test('people F6: a redirected file follows the prompt', async () => {
    const file = configFile('  indented: yes\n', 'data.yaml')
    await shell(`$PROGRAM run Summarize < ${file}`)
    expect(prompt()).toBe('Summarize\n\n  indented: yes')
  })

  test('people F6: a pipeline that is silent at first is waited for', async () => {
    await shell('(sleep 4; echo late) | $PROGRAM run Summarize')
    expect(prompt()).toBe('Summarize\n\nlate')
  })

  test('people F6: an argument - is the place of stdin, which is not added again', async () => {
    await shell('echo data | $PROGRAM run before - after')
    expect(prompt()).toBe('before\n\ndata\n\nafter')
  })

  test.each(['< /dev/null', '<&-', '< <(true)', '< <(printf "\\n \\n")'])(
    'people F6: a prompt with %s is the prompt alone',
    async (redirection) => {
      const { code, stderr } = await shell(`$PROGRAM run Hello ${redirection}`)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(prompt()).toBe('Hello')
    },
  )

  test('people F6: a program that gives a pipe and never writes to it is not waited for', async () => {
    const silent = startProgram(['run', 'Hello'], upstream(fake))
    expect(await silent.exited()).toMatchObject({ code: 0 })
    expect(prompt()).toBe('Hello')
    expect(silent.stderr()).toContain('stdin')
  })

  test('people F6: piped UTF-16 is decoded, and piped binary data is refused', async () => {
    await run(['Summarize'], { stdin: Buffer.from('\uFEFFgröße', 'utf16le') })
    expect(prompt()).toBe('Summarize\n\ngröße')
    fake.reset()
    const { code, stderr } = await run(['Describe'], {
      stdin: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/stdin is not text.*--image/)
    expect(fake.modelRequests).toEqual([])
  })
})

describe('people C: run has short options and --continue', () => {
  test('people C: -m, -s and -t are --model, --system and --tool', async () => {
    await run(['Hi', '-m', 'openai/gpt-4o', '-s', 'Be brief.', '-t', 'calculator'])
    expect(fake.modelRequests[0]?.body).toMatchObject({ model: 'gpt-4o' })
    expect(fake.modelRequests[0]?.body.messages[0].content[0].text).toBe('Be brief.')
    expect(fake.modelRequests[0]?.body.tools[0].function.name).toBe('calculator')
  })

  const home = () => {
    const HOME = temporaryFolder()
    return { env: { HOME, XDG_STATE_HOME: join(HOME, 'state') } }
  }
  const said = () =>
    fake.modelRequests.at(-1)?.body.messages.map((one: { content: { text: string }[] }) => {
      const [block] = one.content
      return block?.text ?? one.content
    })

  test('people C: -c continues the last run, which had no name', async () => {
    const options = home()
    fake.script({ text: 'Hello Ann' }, { text: 'Ann' })
    const first = await run(['I am Ann', '-s', 'Be kind.', '-m', 'openai/gpt-4o'], options)
    expect(first.stderr).not.toContain('session')
    const { code } = await run(['-c', 'Who am I?'], options)
    expect(code).toBe(0)
    expect(said()).toEqual(['Be kind.', 'I am Ann', 'Hello Ann', 'Who am I?'])
    expect(fake.modelRequests.at(-1)?.body.model).toBe('gpt-4o')
  })

  test('people C: -c continues a named session, and a new run starts a new conversation', async () => {
    const options = home()
    fake.script({ text: 'one' }, { text: 'two' }, { text: 'three' }, { text: 'four' })
    await run(['A', '--session', 'letter'], options)
    await run(['B', '-c'], options)
    expect(said()).toEqual(['A', 'one', 'B'])
    await run(['C'], options)
    expect(said()).toEqual(['C'])
    await run(['D', '--continue'], options)
    expect(said()).toEqual(['C', 'three', 'D'])
  })

  test('people C: -c continues with the agent of the last run', async () => {
    const options = home()
    const config = configFile({ agents: { poet: { systemPrompt: 'Rhyme.' }, other: {} } })
    fake.script({ text: 'one' }, { text: 'two' })
    await run(['A', '--agent', 'poet', '--config', config], options)
    await run(['B', '-c', '--config', config], options)
    expect(said()).toEqual(['Rhyme.', 'A', 'one', 'B'])
    const other = await run(['B', '-c', '--agent', 'other', '--config', config], options)
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('poet')
  })

  test('people C: -c without an earlier run, and with --session, is a usage error', async () => {
    const options = home()
    for (const args of [['-c'], ['-c', '--session', 'x']])
      expect(await run(['Hi', ...args], options)).toMatchObject({ code: 2, stdout: '' })
    expect(fake.modelRequests).toEqual([])
  })

  test('people C: a failed run is not what -c continues', async () => {
    const options = home()
    fake.script({ text: 'one' }, { raw: { status: 401 } }, { text: 'three' })
    await run(['A'], options)
    expect((await run(['B'], options)).code).toBe(4)
    await run(['C', '-c'], options)
    expect(said()).toEqual(['A', 'one', 'C'])
  })

  test('people C: nothing is kept where the configuration keeps sessions in memory', async () => {
    const options = home()
    const config = configFile({ sessions: { store: 'memory' } })
    await run(['A', '--config', config], options)
    expect(existsSync(options.env.XDG_STATE_HOME)).toBe(false)
  })

  test('people C: a run works where its conversation cannot be kept', async () => {
    const options = home()
    writeFileSync(options.env.XDG_STATE_HOME, 'a file where the folder would be')
    expect((await run(['A'], options)).code).toBe(0)
    expect(readdirSync(options.env.HOME)).toEqual(['state'])
  })
})

describe('people m3: errors at the shell name options, not arguments of MCP tools', () => {
  const image = join(temporaryFolder(), 'a.png')
  writeFileSync(image, Buffer.from('89504e470d0a1a0a', 'hex'))

  test.each([
    ['no model', ['Hi'], { LITELLM_AGENTS_MODEL_ID: '' }, 3, '--model'],
    ['an unknown agent', ['Hi', '--agent', 'nobody'], {}, 7, '--agent'],
    ['an unknown tool', ['Hi', '-t', 'nosuch'], {}, 5, '--tool'],
    ['no vision', ['Hi', '-m', 'openai/o3-mini', '--image', image], {}, 7, '--model'],
  ])('people m3: the error for %s names options', async (_, args, env, expected, name) => {
    const { code, stderr } = await run(args, { env })
    expect(code).toBe(expected)
    expect(stderr).toContain(name)
    expect(stderr).not.toMatch(/`|(?<!\.)\b(modelId|systemPrompt|sessionId|list_models)\b/)
  })

  test('people m3: a run that would cost too much names --max-cost', async () => {
    const { code, stderr } = await run(['Hi', '--max-cost', '0.00000001'])
    expect(code).toBe(18)
    expect(stderr).toContain('--max-cost')
    expect(stderr).not.toContain('limits.')
  })

  test('people m4: an unknown tool without MCP servers is not answered with */*', async () => {
    const { code, stderr } = await run(['Hi', '-t', 'nosuch'])
    expect(code).toBe(5)
    expect(stderr).toContain('calculator')
    expect(stderr).not.toContain('*/*')
  })

  test('people m4: an unknown tool with MCP servers is answered with their names', async () => {
    const config = configFile({ mcpServers: { files: { command: 'nowhere' } } })
    const { stderr } = await run(['Hi', '-t', 'nosuch', '--config', config])
    expect(stderr).toContain('files/*')
  })
})

describe('people m5, m6: what is wrong with a command line is said in words', () => {
  const folder = temporaryFolder()
  test.each([
    [['@alice says hi'], /"alice says hi".*does not exist.*@@alice says hi/],
    [[`@${folder}`], /is a folder/],
    [['Hi', '-s', '@nowhere.md'], /does not exist.*@@nowhere\.md/],
    [['Hi', '--file', 'nowhere.pdf'], /"nowhere\.pdf".*does not exist/],
    [['Hi', '--image', 'nowhere.png'], /"nowhere\.png".*does not exist/],
    [['Hi', '--schema', 'nowhere.json'], /"nowhere\.json".*does not exist/],
    [['Hi', '--timeout', '-1'], /--timeout must be a positive number, not "-1"/],
    [['Hi', '--max-cost', '-0.5'], /--max-cost must be a positive number, not "-0\.5"/],
    [['Hi', '--model'], /--model needs a value/],
    [['Hi', '-m'], /-m needs a value/],
    [['Hi', '--model', '--json'], /--model needs a value, but --json is an option/],
    [['Hi', '--json=yes'], /--json takes no value/],
    [['Hi', '-model', 'x'], /Unknown option -model; did you mean --model\?/],
    [['Hi', '-x'], /Unknown option -x/],
    [['Hi', '--modle', 'x'], /did you mean --model\?/],
  ])('people m5, m6: run %j', async (args, says) => {
    const { code, stderr, stdout } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/ENOENT|EISDIR|ambiguous|parseArgs|argument missing/)
    expect(fake.modelRequests).toEqual([])
  })

  test('people m5: @@ begins a word with @, and a list may begin a value with a dash', async () => {
    const { code } = await run(['@@alice says hi', '-s', '- be brief'])
    expect(code).toBe(0)
    expect(prompt()).toBe('@alice says hi')
    expect(fake.modelRequests[0]?.body.messages[0].content[0].text).toBe('- be brief')
  })
})

describe('people m7: help, version and misspelled commands', () => {
  test.each([
    [['modles'], /did you mean models\?/],
    [['docter'], /did you mean doctor\?/],
    [['htpp'], /did you mean http\?/],
    [['versoin'], /did you mean version\?/],
    [['help', 'rum'], /did you mean run\?/],
    [['serve'], /Unknown command "serve"\.\n/],
  ])('people m7: %j is answered with the nearest command', async (args, says) => {
    const { code, stderr, stdout } = await cli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })

  test.each([['version'], ['-v'], ['--version']])(
    'people m7: %s prints the version',
    async (arg) => {
      expect(await cli([arg])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      })
    },
  )

  test.each(['http', 'run', 'models', 'doctor', 'init'])(
    'people m7: %s has one help, printed by --help, by -h and by the command help',
    async (command) => {
      const texts = await Promise.all(
        [
          [command, '--help'],
          [command, '-h'],
          ['help', command],
        ].map(async (args) => {
          const { code, stderr, stdout } = await cli(args)
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
          return stdout
        }),
      )
      expect(new Set(texts).size).toBe(1)
      expect(texts[0]).toMatch(new RegExp(`^Usage: litellm-agents-mcp ${command} `))
      expect(
        Math.max(
          ...String(texts[0])
            .split('\n')
            .map((line) => line.length),
        ),
      ).toBeLessThan(110)
    },
  )

  test('people m7: help, -h and --help print the help of the program', async () => {
    const texts = await Promise.all(
      ['help', '-h', '--help'].map(async (arg) => (await cli([arg])).stdout),
    )
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toMatch(/^Usage: litellm-agents-mcp \[command\]/)
  })
})

describe('people m8: --dry-run needs no key', () => {
  test.each([
    ['openai/gpt-4o', 'OPENAI_API_KEY'],
    ['anthropic/claude-sonnet-4-6', 'ANTHROPIC_API_KEY'],
    ['groq/llama-3.3-70b-versatile', 'GROQ_API_KEY'],
  ])('people m8: %s is priced, and the missing key is named', async (modelId, key) => {
    const { code, stdout } = await runProgram(['run', 'Hi', '-m', modelId, '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^key +missing.*${key}`, 'm'))
    expect(stdout).toMatch(/^first call +at most \$/m)
    const json = await runProgram(['run', 'Hi', '-m', modelId, '--dry-run', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      keySource: null,
      missingKey: expect.any(String),
    })
  })

  test('people m8: a dry run with a tool, an agent and no key is priced', async () => {
    const config = configFile({
      agents: { one: { modelId: 'openai/gpt-4o', tools: ['calculator'] } },
    })
    const { code, stdout } = await runProgram([
      ...['run', 'Hi', '--agent', 'one', '--config', config, '--dry-run'],
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^tools +calculator$/m)
  })

  test('people m8: without --dry-run, the same run fails for the key', async () => {
    const { code, stderr } = await runProgram(['run', 'Hi', '-m', 'openai/gpt-4o'])
    expect(code).toBe(3)
    expect(stderr).toContain('OPENAI_API_KEY')
  })
})

describe('people m10: a configuration error has one exit code', () => {
  test('people m10: the servers, run and models exit with 3', async () => {
    const config = configFile('defaults: { modelID: x }\n')
    const args = [[], ['http', '--port', '0'], ['run', 'Hi'], ['models']]
    const codes = await Promise.all(
      args.map(async (one) => (await runProgram([...one, '--config', config])).code),
    )
    expect(codes).toEqual([3, 3, 3, 3])
  })

  test('people m10: a server that may not listen without a token exits with 3', async () => {
    const { code, stderr } = await runProgram(['http', '--host', '0.0.0.0', '--port', '0'])
    expect(stderr).not.toBe('')
    expect(code).toBe(3)
  })
})

describe('people m20: --quiet prints nothing but the answer', () => {
  test('people m20: text before a tool call is not part of the answer', async () => {
    const toolCalls = [{ name: 'calculator', arguments: { expression: '17*23' } }]
    fake.script({ text: 'Let me calculate.', toolCalls }, { text: '391' })
    const { code, stderr, stdout } = await run(['What is 17*23?', '--quiet', '-t', 'calculator'])
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: '391\n' })
  })

  test('people m20: without --quiet the text is streamed', async () => {
    const toolCalls = [{ name: 'calculator', arguments: { expression: '17*23' } }]
    fake.script({ text: 'Let me calculate.', toolCalls }, { text: '391' })
    const { stdout } = await run(['What is 17*23?', '-t', 'calculator'])
    expect(stdout).toContain('Let me calculate.')
  })
})

test('people F4: an answer that was cut off is marked as such at the shell', async () => {
  fake.script({ text: 'One two', stopReason: 'length' })
  const { stderr } = await run(['Count'])
  expect(stderr).toMatch(/cut off.*incomplete/)
})

test('people B: a home that does not exist is not created', async () => {
  const HOME = join(temporaryFolder(), 'nobody')
  mkdirSync(join(HOME, '..'), { recursive: true })
  expect((await run(['Hi'], { env: { HOME } })).code).toBe(0)
  expect(existsSync(HOME)).toBe(false)
})

describe('people F5, m19: models lists what the user can call, current models first', () => {
  const ids = async (args: string[], env: Record<string, string>) => {
    const { code, stdout } = await runProgram(['models', '--json', ...args], { env })
    expect(code).toBe(0)
    return JSON.parse(stdout).map(({ modelId }: { modelId: string }) => modelId) as string[]
  }
  const keys = { ANTHROPIC_API_KEY: 'sk-test-anthropic', OPENAI_API_KEY: 'sk-test-openai' }

  test('people F5: the models of providers whose keys are set are listed', async () => {
    const found = await ids([], keys)
    expect(found).toEqual(expect.arrayContaining(['anthropic/claude-sonnet-4-6', 'openai/gpt-4o']))
    expect(found.filter((id) => !/^(anthropic|openai)\//.test(id))).toEqual([])
    expect(await ids(['--provider', 'anthropic'], { OPENAI_API_KEY: 'sk-test-openai' })).toEqual([])
  })

  test('people F5: the configured model is the first, and without a key nothing is listed', async () => {
    expect((await ids([], { ...keys, LITELLM_AGENTS_MODEL_ID: 'openai/gpt-4o' }))[0]).toBe(
      'openai/gpt-4o',
    )
    expect(await ids([], {})).toEqual([])
  })

  test.each([
    ['anthropic/claude-sonnet-4-6', 'anthropic/claude-sonnet-4-5'],
    ['anthropic/claude-opus-4-5', 'anthropic/claude-3-haiku-20240307'],
    ['openai/gpt-4o', 'openai/gpt-4o-2024-08-06'],
    ['openai/gpt-5.4', 'openai/o3'],
  ])('people m19: %s precedes %s', async (newer, older) => {
    const found = await ids([], keys)
    expect(found.indexOf(newer)).toBeGreaterThanOrEqual(0)
    expect(found.indexOf(newer)).toBeLessThan(found.indexOf(older))
  })

  test('people m19: --all lists every model, and begins with those that most people look for', async () => {
    const found = await ids(['--all'], {})
    expect(found.length).toBeGreaterThan(1000)
    expect(found[0]).toMatch(/^anthropic\/claude-/)
    expect(new Set(found).size).toBe(found.length)
  })

  test('people m19: a table fits the width, and cuts no id', () => {
    const columns = [{ head: 'MODEL' }, { head: 'CONTEXT', right: true }, { head: 'CACHE FROM' }]
    const long = `bedrock/${'x'.repeat(70)}`
    const text = table(
      columns,
      [
        ['short', '200k', '1024'],
        [long, '1M', '512'],
      ],
      60,
    )
    expect(text).toContain(`${long}\n`)
    const others = text.split('\n').filter((line) => line !== long)
    expect(Math.max(...others.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(text).toContain('CACHE FROM')
    expect(table(columns, [['short', '200k', '1024']], 18)).not.toContain('CACHE FROM')
  })
})

describe('people m9: doctor reports that no run can work', () => {
  const doctor = async (env: Record<string, string>, config: object = {}) => {
    const args = ['doctor', '--json', '--config', configFile(config)]
    const { code, stdout } = await runProgram(args, { env })
    const check = JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'model')
    return { code, check }
  }

  test('people m9: with nothing at all, it is a problem, and offline/demo is proposed', async () => {
    const { code, check } = await doctor({})
    expect(code).toBe(1)
    expect(check).toMatchObject({ status: 'problem', fix: expect.stringContaining('offline/demo') })
  })

  test.each([
    [{ ANTHROPIC_API_KEY: 'sk-test-anthropic' }, /anthropic\/claude-/],
    [{ OPENAI_API_KEY: 'sk-test-openai' }, /openai\/gpt-/],
    [{ GEMINI_API_KEY: 'test-gemini-key' }, /gemini\/gemini-/],
  ])('people m9: with the key of %j it proposes a model', async (env, model) => {
    const { code, check } = await doctor(env as unknown as Record<string, string>)
    expect(code).toBe(1)
    expect(check).toMatchObject({ status: 'problem', fix: expect.stringMatching(model) })
  })

  test('people m9: where agents have models of their own, it is a warning', async () => {
    const agents = { one: { modelId: 'offline/demo' } }
    const { code, check } = await doctor({}, { agents })
    expect({ code, status: check.status }).toEqual({ code: 0, status: 'warning' })
  })

  test('people m9: the hint for a broken file names a page that the package has', async () => {
    const args = ['doctor', '--config', configFile('defaults: { modelID: x }')]
    const { stdout } = await runProgram(args)
    const page = /All keys: (\S+)/.exec(stdout)?.[1] ?? ''
    expect(existsSync(page)).toBe(true)
    const { files } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(files).toContain('docs/*.md')
  })
})

describe('people m1, m2: init writes what the README shows', () => {
  const init = async (client: string, model: string, before?: string) => {
    const home = temporaryFolder()
    const found = clients.find(({ name }) => name === client)
    const file = found?.file(placeOf(process.platform, {}, home)) ?? ''
    if (before !== undefined) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, before)
    }
    const args = ['init', '--client', client, '--model', model]
    const { stdout } = await runProgram(args, { env: { HOME: home } })
    return { stdout, text: readFileSync(file, 'utf8') }
  }

  test('people m2: VS Code asks for the key once', async () => {
    const { text } = await init('vscode', 'litellm_proxy/claude-sonnet')
    expect(JSON.parse(text)).toMatchObject({
      inputs: [
        { type: 'promptString', id: 'LITELLM_PROXY_API_BASE', password: false },
        { type: 'promptString', id: 'LITELLM_PROXY_API_KEY', password: true },
      ],
      servers: {
        'litellm-agents': {
          type: 'stdio',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own placeholder
          env: { LITELLM_PROXY_API_KEY: '${input:LITELLM_PROXY_API_KEY}' },
        },
      },
    })
  })

  test('people m2: inputs that VS Code has are kept, and none is added twice', async () => {
    const before = `{
  // mine
  "inputs": [{ "type": "promptString", "id": "OPENAI_API_KEY" }, { "id": "other" }]
}
`
    const { text } = await init('vscode', 'openai/gpt-4o', before)
    expect(text).toContain('// mine')
    expect(text.match(/"id": ?"OPENAI_API_KEY"/g)).toHaveLength(1)
    expect(text).toContain('"other"')
  })

  test('people m2: Codex waits longer than the longest call, and Zed is given a source', async () => {
    expect((await init('codex', 'offline/demo')).text).toContain('tool_timeout_sec = 660')
    expect((await init('zed', 'offline/demo')).text).toContain('"source": "custom"')
    const readme = readFileSync('README.md', 'utf8')
    expect(readme).toContain('tool_timeout_sec = 660')
    expect(readme).toContain('"source": "custom"')
  })

  test.each([
    ['claude-desktop', true],
    ['zed', true],
    ['cursor', false],
    ['codex', false],
    ['vscode', false],
    ['claude-code', false],
  ])('people m1: whether env must be added by hand to %s is said: %s', async (client, said) => {
    const { stdout } = await init(client, 'openai/gpt-4o')
    expect(/Add OPENAI_API_KEY to "env"/.test(stdout)).toBe(said)
    expect(stdout).not.toMatch(/windows|anew/i)
  })
})
