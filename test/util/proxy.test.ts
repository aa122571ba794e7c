import { describe, expect, test } from 'vitest'
import { ProxySettingError, proxyFor } from '../../src/util/network/proxy.js'

const via = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.address
const proxy = 'http://proxy.corp:3128'

describe('the proxy of a URL', () => {
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['https by HTTPS_PROXY', 'https://a.example', { HTTPS_PROXY: proxy }, proxy],
    ['https by https_proxy', 'https://a.example', { https_proxy: proxy }, proxy],
    ['http by HTTP_PROXY', 'http://a.example', { HTTP_PROXY: proxy }, proxy],
    ['http by http_proxy', 'http://a.example', { http_proxy: proxy }, proxy],
    ['https by ALL_PROXY', 'https://a.example', { ALL_PROXY: proxy }, proxy],
    ['http by all_proxy', 'http://a.example', { all_proxy: proxy }, proxy],
    ['https not by HTTP_PROXY', 'https://a.example', { HTTP_PROXY: proxy }, undefined],
    ['http not by HTTPS_PROXY', 'http://a.example', { HTTPS_PROXY: proxy }, undefined],
    ['none by an empty one', 'https://a.example', { HTTPS_PROXY: ' ' }, undefined],
    [
      'the scheme before ALL_PROXY',
      'https://a.example',
      { ALL_PROXY: 'http://other:1', HTTPS_PROXY: proxy },
      proxy,
    ],
    [
      'lower case before upper case',
      'https://a.example',
      { HTTPS_PROXY: 'http://other:1', https_proxy: proxy },
      proxy,
    ],
    [
      'an empty one in lower case replaces the other',
      'https://a.example',
      { HTTPS_PROXY: proxy, https_proxy: '' },
      undefined,
    ],
    ['without a scheme', 'https://a.example', { HTTPS_PROXY: 'proxy.corp:3128' }, proxy],
    ['an https proxy', 'https://a.example', { HTTPS_PROXY: 'https://p:8443' }, 'https://p:8443'],
    ['the usual port', 'https://a.example', { HTTPS_PROXY: 'http://p' }, 'http://p:80'],
    [
      'an IPv6 proxy',
      'https://a.example',
      { HTTPS_PROXY: 'http://[fd00::1]:8' },
      'http://[fd00::1]:8',
    ],
    [
      'credentials are left out',
      'https://a.example',
      { HTTPS_PROXY: 'http://user:secret@proxy.corp:3128/' },
      proxy,
    ],
  ])('%s', (_, url, env, expected) => {
    expect(via(url, env)).toBe(expected)
  })

  test.each([
    'localhost',
    'LOCALHOST.',
    'api.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
  ])('%s is this machine, and always direct', (host) => {
    const env = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy }
    expect(via(`http://${host}:4000/v1`, env)).toBeUndefined()
    expect(via(`https://${host}/v1`, env)).toBeUndefined()
  })

  test('credentials become Proxy-Authorization, percent-decoded', () => {
    const found = proxyFor(new URL('https://a.example'), {
      HTTPS_PROXY: 'http://me%40corp:p%3Aw%25@proxy.corp:3128',
    })
    const [scheme, value = ''] = found?.authorization?.split(' ') ?? []
    expect(scheme).toBe('Basic')
    expect(Buffer.from(value, 'base64').toString()).toBe('me@corp:p:w%')
  })

  test.each([
    ['socks5://user:secret@proxy.corp:1080', /socks5/],
    ['http://user:secret@', /not a valid URL/],
    ['http://user:secret@proxy:port', /not a valid URL/],
  ])('%s is refused without showing the credentials', (value, problem) => {
    const asked = () => proxyFor(new URL('https://a.example'), { ALL_PROXY: value })
    expect(asked).toThrow(ProxySettingError)
    expect(asked).toThrow(/^ALL_PROXY /)
    expect(asked).toThrow(problem)
    expect(asked).not.toThrow(/secret/)
  })
})

/** With these exceptions, which URLs are reached directly and which through the proxy. */
const exceptions: [noProxy: string, direct: string[], proxied: string[]][] = [
  ['', [], ['https://a.example']],
  ['*', ['https://a.example', 'http://10.0.0.1'], []],
  ['other.example, *', ['https://a.example'], []],
  [
    'corp.example',
    ['https://corp.example', 'https://a.corp.example', 'https://A.Corp.Example.:8443'],
    ['https://xcorp.example', 'https://corp.example.org', 'https://example'],
  ],
  [
    '.corp.example',
    ['https://a.corp.example', 'https://b.a.corp.example', 'https://corp.example'],
    ['https://xcorp.example'],
  ],
  ['*.corp.example', ['https://a.corp.example', 'https://corp.example'], ['https://xcorp.example']],
  ['CORP.example.', ['https://corp.example'], ['https://example']],
  [
    'corp.example:8443',
    ['https://corp.example:8443', 'https://a.corp.example:8443'],
    ['https://corp.example', 'https://corp.example:80'],
  ],
  ['corp.example:443', ['https://corp.example'], ['http://corp.example']],
  ['*:8080', ['http://a.example:8080'], ['http://a.example']],
  ['a.example,b.example', ['https://a.example', 'https://b.example'], ['https://c.example']],
  ['a.example b.example', ['https://a.example', 'https://b.example'], ['https://c.example']],
  [' a.example ,, b.example ', ['https://a.example', 'https://b.example'], ['https://c.example']],
  ['10.1.2.3', ['http://10.1.2.3', 'http://10.1.2.3:81'], ['http://10.1.2.30']],
  ['10.1.2.3:81', ['http://10.1.2.3:81'], ['http://10.1.2.3']],
  ['10.0.0.0/8', ['http://10.200.3.4'], ['http://11.0.0.1', 'https://ten.example']],
  ['192.168.1.0/28', ['http://192.168.1.15'], ['http://192.168.1.16']],
  ['10.0.0.0/8:81', [], ['http://10.200.3.4']],
  ['0.0.0.0/0', ['http://8.8.8.8'], ['https://a.example', 'http://[2001:db8::1]']],
  ['fd00::1', ['http://[fd00::1]', 'http://[fd00:0:0::1]:8'], ['http://[fd00::2]']],
  ['[fd00::1]', ['http://[fd00::1]'], ['http://[fd00::2]']],
  ['[fd00::1]:8', ['http://[fd00::1]:8'], ['http://[fd00::1]']],
  ['fd00::/8', ['http://[fd12:3::4]'], ['http://[fe80::1]']],
  ['[fd00::]/8', ['http://[fd12:3::4]'], ['http://[fe80::1]']],
  ['10.0.0.0/99', [], ['http://10.0.0.1']],
  ['10.0.0.0/x', [], ['http://10.0.0.1']],
  ['0.0.1', [], ['http://10.0.0.1']],
  ['.', [], ['https://a.example']],
]

describe('NO_PROXY', () => {
  const cases = exceptions.flatMap(([noProxy, direct, proxied]) => [
    ...direct.map((url) => [noProxy, url, undefined] as const),
    ...proxied.map((url) => [noProxy, url, proxy] as const),
  ])

  test.each(cases)('%j: %s goes to %s', (noProxy, url, expected) => {
    const proxies = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }
    expect(via(url, { ...proxies, NO_PROXY: noProxy })).toBe(expected)
    expect(via(url, { ...proxies, no_proxy: noProxy })).toBe(expected)
  })
})
