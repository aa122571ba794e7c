import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { rpc } from '../helpers/http-client.js'
import { type Issuer, startIssuer } from '../helpers/issuer.js'
import { upstream } from '../helpers/program.js'

const resource = 'https://agents.example.com/mcp'
const good = { aud: resource }

let fake: FakeProvider
let issuer: Issuer
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  issuer = await startIssuer()
  const LITELLM_AGENTS_CONFIG = configFile({ http: { oauth: { issuer: issuer.url, resource } } })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await issuer.close()
  await fake.close()
})

const status = async (token: string) => (await rpc({ url: server.url, token }, 'ping')).status

describe('hardening 14: access tokens', () => {
  test.each(['logout+jwt', 'dpop+jwt', 'application/secevent+jwt'])(
    'typ %s is refused',
    async (typ) => {
      expect(await status(await issuer.token(good, { typ }))).toBe(401)
    },
  )

  test.each(['at+jwt', 'application/at+jwt', 'JWT'])('typ %s is accepted', async (typ) => {
    expect(await status(await issuer.token(good, { typ }))).toBe(200)
  })

  test.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }])('cnf %j is refused', async (cnf) => {
    expect(await status(await issuer.token({ ...good, cnf }))).toBe(401)
  })

  test.each(['a\0b', 'a\nb', 'a\u2028b', 'a\u202eb', '\u200b'])(
    'sub %j is refused',
    async (sub) => {
      expect(await status(await issuer.token({ ...good, sub }))).toBe(401)
    },
  )

  test('sub with letters of any language is accepted', async () => {
    expect(await status(await issuer.token({ ...good, sub: 'Zoë Müller|試験' }))).toBe(200)
  })

  test("while the issuer is away, a stranger's token does not cost others their keys", async () => {
    const [before, stranger] = [
      await issuer.token(good),
      await issuer.token(good, { kid: 'other' }),
    ]
    expect(await status(before)).toBe(200)
    const later = [await issuer.token(good), await issuer.token({ ...good, sub: 'bob' })]
    await issuer.close()
    expect([401, 503]).toContain(await status(stranger))
    for (const token of later) expect(await status(token)).toBe(200)
    expect([401, 503]).toContain(await status(stranger))
    expect(await status(before)).toBe(200)
  })
})
