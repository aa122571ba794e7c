import { describe, expect, test } from 'vitest'
import { detectFormat } from '../../src/import/detect-format.js'
import {
  ImportError,
  type ImportedAgent,
  type ImportNames,
} from '../../src/import/imported-agent.js'
import { parseAgents } from '../../src/import/parse-agents.js'

const names: ImportNames = { models: { sonnet: 'litellm_proxy/claude-sonnet' }, tools: {} }

function parsed(path: string, text: string, given: Partial<ImportNames> = {}): ImportedAgent {
  const [agent] = parseAgents({ path, text }, { ...names, ...given })
  if (!agent) throw new Error('There is no agent.')
  return agent
}

const claude = (header: string, body = 'Be thorough.') =>
  parsed('/home/a/.claude/agents/reviewer.md', `---\n${header}\n---\n\n${body}\n`)

describe('Claude Code', () => {
  test('name, description, tools, model, turns and effort have a counterpart', () => {
    const { entry, name, notes } = claude(
      'name: reviewer\ndescription: Reviews code\ntools: Read, Grep, mcp__github__get_issue, mcp__jira, Agent(helper, other)\nmodel: sonnet\nmaxTurns: 12\neffort: high\npermissionMode: acceptEdits',
    )
    expect(name).toBe('reviewer')
    expect(entry).toEqual({
      description: 'Reviews code',
      modelId: 'litellm_proxy/claude-sonnet',
      systemPrompt: 'Be thorough.',
      params: { reasoning_effort: 'high' },
      tools: [
        'files/read',
        'files/grep',
        'github/get_issue',
        'jira/*',
        'agent_helper',
        'agent_other',
      ],
      limits: { maxCycles: 12 },
    })
    expect(notes).toEqual([])
  })

  test('without tools the agent has all, less those that are disallowed', () => {
    const agent = claude('name: a\ndescription: b\ndisallowedTools: Write, Edit')
    expect(agent.hasAllTools).toBe(true)
    expect(agent.withoutTools).toEqual(['files/write', 'files/edit'])
  })

  test.each([
    ['plan', { readOnly: true }],
    ['default', { approval: ['files/edit', 'files/write'] }],
    ['bypassPermissions', {}],
  ])('the permission mode %s', (mode, expected) => {
    const { approval, readOnly } = claude(`name: a\ndescription: b\npermissionMode: ${mode}`).entry
    expect({ approval, readOnly }).toEqual({
      approval: undefined,
      readOnly: undefined,
      ...expected,
    })
  })

  test('what has no counterpart is named: fields, tools and models', () => {
    const { entry, notes } = claude(
      'name: a\ndescription: b\ntools: [Bash, "Bash(git diff:*)", WebSearch]\nmodel: opus\nhooks: {Stop: []}\nmemory: user\ncolor: blue\nfrobnicate: 1',
    )
    const text = notes.join('\n')
    for (const word of [
      'Bash',
      'Bash(git diff:*)',
      'WebSearch',
      'opus',
      'hooks',
      'memory',
      'color',
      'frobnicate',
    ])
      expect(text).toContain(word)
    expect(entry.modelId).toBeUndefined()
    expect(entry.tools).toEqual([])
  })

  test('a server that is defined inline is in mcpServers, one that is only named is not', () => {
    const agent = claude(
      'name: a\ndescription: b\nmcpServers:\n  - slack\n  - docs: {type: http, url: "https://docs.example/mcp"}\n  - run: {command: npx, args: [-y, x], env: {A: b}}',
    )
    expect(agent.mcpServers).toEqual({
      docs: { url: 'https://docs.example/mcp' },
      run: { command: 'npx', args: ['-y', 'x'], env: { A: 'b' } },
    })
  })

  test.each([
    ['a description with a colon', 'name: a\ndescription: Use it when: code changed'],
    ['a description with quotes in the middle', 'name: a\ndescription: say "hi": now'],
    [
      'a description that goes on below',
      'name: a\ndescription: Use it\n  always: yes\n  so: there',
    ],
  ])('%s does not have to be valid YAML', (_, header) => {
    const { entry, name } = claude(`${header}\ntools:\n  - Read\n  - Grep`)
    expect(name).toBe('a')
    expect(entry.description).toMatch(/\w/)
    expect(entry.tools).toEqual(['files/read', 'files/grep'])
  })

  test('a name with other characters, a byte-order mark and CRLF are read', () => {
    const text = '\ufeff---\r\nname: My Agent (v2)\r\ndescription: b\r\n---\r\nBody\r\n'
    const { entry, name, notes } = parsed('/x/.claude/agents/a.md', text)
    expect(name).toBe('My-Agent-v2')
    expect(notes.join()).toContain('My-Agent-v2')
    expect(entry.systemPrompt).toBe('Body')
  })

  test.each([
    ['no front matter', 'Just text.'],
    ['front matter without an end', '---\nname: a\n'],
  ])('a file with %s is not an agent', (_, text) => {
    expect(() => parsed('/x/.claude/agents/a.md', text)).toThrow(ImportError)
  })

  test('front matter that expands without end, or sets a prototype, does no harm', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = String.fromCharCode(96 + index + 1)
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`
      }),
    ].join('\n')
    expect(claude(`name: x\ndescription: "y: z"\n${bomb}`).name).toBe('x')
    const agent = claude('name: x\ndescription: "y"\n__proto__: {polluted: true}')
    expect(agent.name).toBe('x')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('Codex', () => {
  test('instructions, model, effort and sandbox have a counterpart', () => {
    const agent = parsed(
      '/home/a/.codex/agents/explorer.toml',
      'name = "explorer"\ndescription = "Explores"\ndeveloper_instructions = """Look\naround"""\nmodel = "gpt-5.4"\nmodel_reasoning_effort = "high"\nsandbox_mode = "read-only"\nnickname_candidates = ["x"]\n[mcp_servers.docs]\nurl = "https://docs.example/mcp"\n',
    )
    expect(agent.entry).toEqual({
      description: 'Explores',
      systemPrompt: 'Look\naround',
      modelId: 'gpt-5.4',
      params: { reasoning_effort: 'high' },
      approval: ['files/edit', 'files/write'],
      readOnly: true,
    })
    expect(agent.hasAllTools).toBe(true)
    expect(agent.mcpServers).toEqual({ docs: { url: 'https://docs.example/mcp' } })
    expect(agent.notes.join()).toContain('nickname_candidates')
  })

  test('a file that is not TOML is not an agent', () => {
    expect(() => parsed('/x/a.toml', 'name = ')).toThrow(/TOML/)
  })
})

describe('Copilot and VS Code', () => {
  const agent = (header: string) =>
    parsed('/repo/.github/agents/planner.agent.md', `---\n${header}\n---\nPlan.`, {
      models: {
        'GPT-5 (copilot)': 'openai/gpt-5',
        'Claude Sonnet 4.5': 'anthropic/claude-sonnet-4-5',
      },
    })

  test('several models are a model and its fallbacks', () => {
    const { entry } = agent("description: Plans\nmodel: ['Claude Sonnet 4.5', 'GPT-5 (copilot)']")
    expect(entry).toMatchObject({
      modelId: 'anthropic/claude-sonnet-4-5',
      fallbacks: ['openai/gpt-5'],
    })
  })

  test('tools are aliases or server/tool, agents are tools, and no list means all', () => {
    const { entry, name } = agent(
      "description: Plans\ntools: ['read', 'search', 'agent', 'github/*', 'execute']\nagents: [helper]",
    )
    expect(name).toBe('planner')
    expect(entry.tools).toEqual([
      'files/read',
      'files/grep',
      'files/glob',
      'files/list',
      'github/*',
      'agent_helper',
    ])
    expect(agent('description: x').hasAllTools).toBe(true)
    expect(agent('description: x\ntools: []').entry.tools).toEqual([])
  })

  test('handoffs, hints and metadata are named', () => {
    const notes = agent('description: x\nhandoffs: [{agent: y}]\nargument-hint: z').notes.join()
    expect(notes).toContain('handoffs')
    expect(notes).toContain('argument-hint')
  })
})

describe('opencode', () => {
  test('switches, permissions and options have a counterpart', () => {
    const agent = parsed(
      '/home/a/.config/opencode/agent/docs.md',
      '---\ndescription: Writes docs\nmode: subagent\nmodel: anthropic/claude-sonnet-4-5\ntemperature: 0.2\nmaxSteps: 5\ntools:\n  bash: false\n  write: false\npermission:\n  edit: ask\n  webfetch: deny\n---\nWrite.',
    )
    expect(agent.name).toBe('docs')
    expect(agent.entry).toEqual({
      description: 'Writes docs',
      systemPrompt: 'Write.',
      modelId: 'anthropic/claude-sonnet-4-5',
      params: { temperature: 0.2 },
      limits: { maxCycles: 5 },
      approval: ['files/edit', 'files/write'],
    })
    expect(agent.withoutTools).toEqual(['files/write', 'web_fetch'])
  })

  test('opencode.json has several agents, with prompts in files', () => {
    const agents = parseAgents(
      {
        path: '/home/a/.config/opencode/opencode.json',
        text: '{"agent": {"one": {"description": "a", "prompt": "{file:./one.txt}"}, "two": {"prompt": "Two."},}}',
      },
      names,
    )
    expect(
      agents.map(({ name, promptFile, entry }) => [name, promptFile, entry.systemPrompt]),
    ).toEqual([
      ['one', './one.txt', undefined],
      ['two', undefined, 'Two.'],
    ])
  })
})

test('Gemini CLI: the prefix of the model, turns, minutes and tools', () => {
  const agent = parsed(
    '/home/a/.gemini/agents/auditor.md',
    '---\nname: auditor\ndescription: Audits\nkind: local\ntools:\n  - read_file\n  - mcp_github_list_issues\nmodel: gemini-2.5-pro\ntemperature: 0.1\nmax_turns: 10\ntimeout_mins: 5\n---\nAudit.',
  )
  expect(agent.entry).toEqual({
    description: 'Audits',
    systemPrompt: 'Audit.',
    modelId: 'gemini/gemini-2.5-pro',
    params: { temperature: 0.1 },
    tools: ['files/read', 'github/list_issues'],
    limits: { maxCycles: 10, timeoutSeconds: 300 },
    approval: ['files/edit', 'files/write'],
  })
  expect(() => parsed('/x/.gemini/agents/r.md', '---\nname: r\nkind: remote\n---\n')).toThrow(
    /remote/,
  )
})

test('docker agent: models, sub-agents, fallbacks, toolsets and structured output', () => {
  const [root, sub] = parseAgents(
    {
      path: '/srv/team/agent.yaml',
      text: 'models:\n  fast: {provider: openai, model: gpt-5-mini, max_tokens: 500}\nagents:\n  root:\n    model: fast\n    description: Leads\n    instruction: Lead.\n    sub_agents: [writer]\n    max_iterations: 8\n    fallback: {models: [anthropic/claude-haiku-4-5]}\n    structured_output: {name: out, schema: {type: object}}\n    toolsets:\n      - {type: filesystem}\n      - {type: shell}\n      - {type: mcp, ref: "docker:duckduckgo"}\n      - {type: mcp, command: npx, args: [-y, x], tools: [a]}\n  writer: {model: openai/gpt-5, instruction: Write.}\npermissions: {ask: [write_file]}\n',
    },
    names,
  )
  expect(root?.entry).toEqual({
    description: 'Leads',
    systemPrompt: 'Lead.',
    modelId: 'openai/gpt-5-mini',
    params: { max_tokens: 500 },
    tools: ['files/*', 'duckduckgo/*', 'npx/a', 'agent_writer'],
    limits: { maxCycles: 8 },
    approval: ['files/edit', 'files/write'],
    fallbacks: ['anthropic/claude-haiku-4-5'],
    outputSchema: { type: 'object' },
  })
  expect(root?.notes.join()).toMatch(/shell.*duckduckgo/s)
  expect(sub?.entry.modelId).toBe('openai/gpt-5')
})

test('fast-agent: servers, sub-agents, the effort in the model, and request parameters', () => {
  const agent = parsed(
    '/srv/agent-cards/helper.md',
    '---\nname: helper\ndescription: Helps\nmodel: openai.gpt-5?reasoning=low\nservers: [github]\nagents: [other]\nuse_history: false\nrequest_params: {max_iterations: 4, temperature: 0}\n---\nHelp.',
  )
  expect(agent.entry).toEqual({
    description: 'Helps',
    systemPrompt: 'Help.',
    modelId: 'openai/gpt-5',
    params: { temperature: 0, reasoning_effort: 'low' },
    tools: ['github/*', 'agent_other'],
    limits: { maxCycles: 4 },
  })
  expect(agent.notes.join()).toContain('use_history')
})

test('Strands: model, prompt and tools', () => {
  const agent = parsed(
    '/srv/agent_config.json',
    '{"name": "s", "model": "us.anthropic.claude-sonnet-4-20250514-v1:0", "prompt": "Hi", "tools": ["strands_tools.file_read", "calculator", "./own.py"]}',
  )
  expect(agent.entry).toEqual({
    systemPrompt: 'Hi',
    modelId: 'bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0',
    tools: ['files/read', 'calculator'],
  })
  expect(agent.notes.join()).toContain('./own.py')
})

test.each([
  ['/repo/.claude/agents/a.md', '---\nname: a\n---\n', 'claude-code'],
  ['/somewhere/a.md', '---\nname: a\nmode: subagent\n---\n', 'opencode'],
  ['/somewhere/a.md', '---\nname: a\nmax_turns: 1\n---\n', 'gemini-cli'],
  ['/somewhere/a.md', '---\nname: a\nhandoffs: []\n---\n', 'copilot'],
  ['/somewhere/a.md', '---\nname: a\nservers: []\n---\n', 'fast-agent'],
  ['/somewhere/a.md', '---\nname: a\ntools: Read\n---\n', 'claude-code'],
  ['/somewhere/a.chatmode.md', '---\ndescription: a\n---\n', 'copilot'],
  ['/somewhere/team.yaml', 'agents:\n  root: {}\n', 'docker-agent'],
  ['/somewhere/notes.md', '# Notes', undefined],
  ['/somewhere/a.txt', 'text', undefined],
])('the format of %s is decided by its path and its fields: %#', (path, text, format) => {
  expect(detectFormat({ path, text })).toBe(format)
})
