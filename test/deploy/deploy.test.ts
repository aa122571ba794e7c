import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Copy, DockerfileParser, type Healthcheck } from 'dockerfile-ast'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/load.js'
import type { JsonObject } from '../helpers/fake-provider/index.js'
import { send } from '../helpers/http-client.js'
import { startProgram } from '../helpers/program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const yaml = (path: string): JsonObject => parse(text(path), { merge: true })

const compose = yaml('deploy/compose.yaml')
const services: Record<string, JsonObject> = compose.services
const nodes = Object.entries(services).filter(([, { image }]) => image === 'litellm-agents-mcp')
const [, node] = nodes[0] as [string, JsonObject]

/** What the example of .env would give. */
const filledIn: Record<string, string> = {
  POSTGRES_PASSWORD: '0123456789abcdef',
  LITELLM_MASTER_KEY: 'sk-0123456789abcdef',
  ALICE_TOKEN: 'token-of-alice-0123456789',
}
const environmentOf = ({ environment }: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries<string>(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):[?-]\}/g, (_, variable) => filledIn[variable] ?? ''),
    ]),
  )

/** One release, and not what is newest. */
const releaseTag = /:v?\d+\.\d+(\.\d+)?(-[a-z]+)*$/

describe('Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(text('deploy/Dockerfile'))
  const instructions = dockerfile.getInstructions()
  const named = (keyword: string) =>
    instructions.filter((instruction) => instruction.getKeyword() === keyword)
  const last = (keyword: string) => named(keyword).at(-1)
  const ignored = text('.dockerignore').split('\n')

  test('every stage is of one pinned slim image of Node that the package supports', () => {
    const images = dockerfile.getFROMs().map((from) => from.getImage())
    expect(images.length).toBe(3)
    expect(new Set(images).size).toBe(1)
    expect(images[0]).toMatch(/^node:24\.\d+\.\d+-\w+-slim$/)
    expect(text('scripts/node24.sh')).toContain(/:(\d+\.\d+\.\d+)/.exec(images[0] ?? '')?.[1])
  })

  test('what is copied is there, is let in by .dockerignore, or comes from a stage', () => {
    const stages = dockerfile.getFROMs().map((from) => from.getBuildStage())
    const copies = dockerfile.getCOPYs() as Copy[]
    expect(copies.length).toBeGreaterThan(6)
    for (const copy of copies) {
      const from = copy.getFromFlag()?.getValue()
      if (from) {
        expect(stages).toContain(from)
        continue
      }
      const sources = copy.getArguments().slice(0, -1)
      for (const source of sources) {
        expect(existsSync(join(root, source.getValue())), source.getValue()).toBe(true)
        expect(ignored).toContain(`!${source.getValue()}`)
      }
    }
    expect(ignored).toContain('*')
  })

  test('it runs as a user without rights, and looks after its own health', () => {
    expect(last('USER')?.getArguments().map(String)).toEqual(['node'])
    const end = dockerfile.getFROMs().at(-1)?.getRange().start.line ?? Infinity
    expect(last('USER')?.getRange().start.line).toBeGreaterThan(end)
    const [check] = dockerfile.getHEALTHCHECKs() as Healthcheck[]
    expect(check?.getRawArgumentsContent()).toContain('/healthz')
    expect(last('ENTRYPOINT')?.getRawArgumentsContent()).toBe('["node", "dist/main.js"]')
    expect(last('CMD')?.getRawArgumentsContent()).toBe('["http", "--host", "0.0.0.0"]')
  })

  test('it names no secret', () => {
    expect(named('ARG')).toEqual([])
    expect(named('ENV').map((env) => env.getRawArgumentsContent())).toEqual(['NODE_ENV=production'])
  })
})

describe('compose file', () => {
  test('images are pinned, and files that it mounts are there', () => {
    expect(Object.keys(services)).toEqual(['node-1', 'node-2', 'balancer', 'litellm', 'postgres'])
    for (const [name, { image, volumes = [] }] of Object.entries(services)) {
      if (image !== 'litellm-agents-mcp') expect(image, name).toMatch(releaseTag)
      for (const volume of volumes) {
        const [source] = volume.split(':')
        if (source.startsWith('./'))
          expect(existsSync(join(root, 'deploy', source)), source).toBe(true)
        else expect(compose.volumes).toHaveProperty(source)
      }
    }
    const tested = /^litellm==(\S+)/m.exec(text('test/python/requirements.txt'))?.[1]
    expect(services.litellm?.image).toBe(`ghcr.io/berriai/litellm:v${tested}`)
  })

  test('nodes can write nowhere, gain no rights, and start when others are healthy', () => {
    expect(nodes).toHaveLength(2)
    for (const [, one] of nodes) {
      expect(one).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        tmpfs: ['/tmp'],
        build: { context: '..', dockerfile: 'deploy/Dockerfile' },
      })
      expect(one).not.toHaveProperty('ports')
      for (const [name, { condition }] of Object.entries<JsonObject>(one.depends_on)) {
        expect(condition).toBe('service_healthy')
        expect(services[name]).toHaveProperty('healthcheck')
      }
    }
  })

  test('every variable is in the example, and secrets are asked for', () => {
    const variables = [...text('deploy/compose.yaml').matchAll(/\$\{(\w+)(:[?-])/g)]
    const example = text('deploy/.env.example')
    for (const [, name, kind] of variables) {
      expect(example).toMatch(new RegExp(`^${name}=`, 'm'))
      if (filledIn[name as string]) expect(kind).toBe(':?')
    }
  })

  test('the load balancer finds the nodes, their port and a path that answers', () => {
    const caddy = text('deploy/Caddyfile')
    for (const [name] of nodes) expect(caddy).toContain(`${name}:3333`)
    expect(caddy).toContain('health_uri /readyz')
    expect(caddy.split('{').length).toBe(caddy.split('}').length)
    expect(services.balancer?.ports).toEqual(['127.0.0.1:8080:8080'])
  })
})

describe('configuration', () => {
  const config = join(root, 'deploy/agents.yaml')
  const env = environmentOf(node)

  test('the program’s own loader takes it, with the environment of a node', async () => {
    const loaded = await loadConfig({ name: 'http', config }, env)
    expect(loaded.http).toMatchObject({ host: '0.0.0.0', port: 3333 })
    expect(loaded.http.principals.alice?.token).toBe(filledIn.ALICE_TOKEN)
    expect(loaded.runs.durable?.databaseUrl).toBe(env.DATABASE_URL)
    expect(loaded.clientArgs.litellm_proxy?.api_key).toBe(filledIn.LITELLM_MASTER_KEY)
    expect(env.LITELLM_AGENTS_CONFIG).toBe('/etc/litellm-agents/agents.yaml')
  })

  test('every model it names is one of the proxy’s', async () => {
    const names = yaml('deploy/litellm.yaml').model_list.map(
      ({ model_name }: JsonObject) => `litellm_proxy/${model_name}`,
    )
    const { agents, defaults } = await loadConfig({ name: 'http', config }, env)
    const profiles = [...agents.values()].flatMap(({ modelId, fallbacks = [] }) => [
      modelId,
      ...fallbacks,
    ])
    const used = [defaults.modelId, ...profiles].filter((id) => id !== undefined)
    expect(used.length).toBeGreaterThan(1)
    for (const modelId of used) expect(names).toContain(modelId)
  })

  test('the program starts with it, answers the load balancer, and lets in who has a token', async () => {
    const server = startProgram(['http', '--port', '0', '--config', config], {
      ...env,
      LITELLM_AGENTS_CONFIG: '',
      // No PostgreSQL here, and no port that others may use.
      LITELLM_AGENTS_RUNS_ENGINE: 'inProcess',
      OTEL_METRICS_EXPORTER: 'none',
    })
    const [, port] = await server.until('stderr', /Listening on \S+:(\d+)/)
    const at = (path: string) => `http://127.0.0.1:${port}${path}`
    const ready = await send(at('/readyz'), { headers: { host: 'node-1:3333' } })
    expect(ready.status).toBe(200)
    const list = (token: string) =>
      send(at('/mcp'), {
        method: 'POST',
        headers: {
          host: 'localhost:8080',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      })
    expect((await list('another-token-0123456789')).status).toBe(401)
    const tools = (await list(filledIn.ALICE_TOKEN as string)).message().result.tools
    expect(tools.map(({ name }: JsonObject) => name)).toContain('run_agent')
    await server.stop()
  })
})
