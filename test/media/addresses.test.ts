import { expect, test } from 'vitest'
import { isPublicAddress } from '../../src/media/addresses.js'
import { permittedUrl } from '../../src/media/url-rule.js'

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each([
  ['this network', '0.0.0.0'],
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['shared by a carrier', '100.64.0.1'],
  ['shared by a carrier', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['link-local', '169.254.169.254'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['benchmarks', '198.19.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['mapped IPv4', '::ffff:127.0.0.1'],
  ['mapped IPv4, even a public one', '::ffff:8.8.8.8'],
  ['compatible IPv4', '::127.0.0.1'],
  ['translated IPv4', '64:ff9b::a00:1'],
  ['translated IPv4, local', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:1::1'],
  ['documentation', '2001:db8::1'],
  ['documentation', '3fff::1'],
  ['discard', '100::1'],
  ['unique local', 'fd00::1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['multicast', 'ff02::1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('%s: %s is not', (_, address) => {
  expect(isPublicAddress(address)).toBe(false)
})

const hosts = ['images.example', 'files.example:8443', '127.0.0.1:8080', '[::1]', '10.0.0.7']

test.each([
  'https://images.example/a.png',
  'https://images.example:9000/a.png',
  'http://IMAGES.example/a.png',
  'https://files.example:8443/',
  'http://127.0.0.1:8080/',
  'http://127.1:8080/',
  'http://[0::1]/',
  'http://10.0.0.7:81/',
])('%s is permitted', (url) => {
  expect(permittedUrl(url, hosts, 'prompt[0]').href).toBe(new URL(url).href)
})

test.each([
  'https://images.example.evil/a.png',
  'https://cdn.images.example/a.png',
  'https://images.example./a.png',
  'https://images.example@evil.example/a.png',
  'https://user:secret@images.example/a.png',
  'https://files.example/',
  'http://files.example:80/',
  'http://127.0.0.1/',
  'http://127.0.0.1:8081/',
  'http://2130706433/',
  'http://[::ffff:127.0.0.1]:8080/',
  'http://localhost:8080/',
  'ftp://images.example/a.png',
  'file:///etc/passwd',
  'data:image/png;base64,aGk=',
  'images.example/a.png',
  '',
])('%s is not', (url) => {
  expect(() => permittedUrl(url, hosts, 'prompt[0]')).toThrow(/^prompt\[0\] /)
})

test('a port that goes without saying is a port', () => {
  expect(permittedUrl('https://a.example/', ['a.example:443'], 'it').port).toBe('')
  expect(() => permittedUrl('http://a.example/', ['a.example:443'], 'it')).toThrow(/not open/)
})
