import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { reportTrust } from './helpers/trust.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const run = promisify(execFile)

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional?: boolean }>
}

interface Lock {
  packages: Record<
    string,
    { dev?: boolean; link?: boolean; hasInstallScript?: boolean; integrity?: string }
  >
}

const manifest = JSON.parse(read('package.json')) as Manifest
const clients = JSON.parse(read('test/clients/package.json')) as Manifest
const locks = ['package-lock.json', 'test/clients/package-lock.json'].map(
  (path) => JSON.parse(read(path)) as Lock,
)
const bundled = section('Bundled')
const production = Object.entries(locks[0]?.packages ?? {}).filter(([, { dev }]) => !dev)
const withInstallScript = production.filter(([, { hasInstallScript }]) => hasInstallScript)
const licences = new Map<string, number>()

afterAll(() => {
  const rows = [...licences].sort(([, one], [, other]) => other - one)
  reportTrust(
    'supply chain',
    {
      installed: Object.keys(manifest.dependencies ?? {}).length,
      bundled: bundled.length,
      optionalPeers: Object.keys(manifest.peerDependencies).length,
      development: section('Development').length,
      inBillOfMaterials: rows.reduce((sum, [, count]) => sum + count, 0),
      installScripts: withInstallScript.length,
    },
    ['| Licence | Packages |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)],
  )
})

function section(title: string): string[] {
  const text = read('docs/dependencies.md').split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...text.matchAll(/^\| `([^`]+)` \| (\S.*) \|$/gm)].map(([, name = '']) => name)
}

describe('docs/dependencies.md has a reason for each package', () => {
  test('installed', () => {
    expect(section('Installed with the package')).toEqual([])
    expect(manifest.dependencies ?? {}).toEqual({})
    expect(section('Installed by those who use them')).toEqual(
      Object.keys(manifest.peerDependencies).sort(),
    )
  })

  test('bundled or for development', () => {
    const known = [...bundled, ...section('Development')]
    const peers = Object.keys(manifest.peerDependencies)
    const expected = Object.keys(manifest.devDependencies).filter((name) => !peers.includes(name))
    expect(known.sort()).toEqual(expected.sort())
  })
})

test('versions are pinned exactly', () => {
  const { dependencies, devDependencies } = manifest
  const pins = { ...dependencies, ...devDependencies, ...clients.dependencies }
  const loose = Object.entries(pins).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  )
  expect(loose).toEqual([])
})

test('peers are optional', () => {
  const { peerDependencies, peerDependenciesMeta } = manifest
  const asked = Object.keys(peerDependencies).filter(
    (name) => !peerDependenciesMeta[name]?.optional,
  )
  expect(asked).toEqual([])
})

test('every locked package has a hash', () => {
  const bare = locks.flatMap(({ packages }) =>
    Object.entries(packages).filter(([path, { integrity, link }]) => path && !link && !integrity),
  )
  expect(bare).toEqual([])
})

test('an installation adds no other package and runs no script', () => {
  expect(production.map(([path]) => path)).toEqual([''])
  expect(withInstallScript).toEqual([])
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect(Object.keys(scripts)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(pre|post)?install$|^prepare$/)]),
  )
})

test('the bill of materials names what is bundled, under free licences', async () => {
  const script = fileURLToPath(new URL('../scripts/sbom.mjs', import.meta.url))
  const { stdout } = await run(process.execPath, [script], { maxBuffer: 16_000_000 })
  const { components } = JSON.parse(stdout) as {
    components: { name: string; purl: string; licenses?: { license: { id: string } }[] }[]
  }
  const names = components.map(({ purl }) =>
    decodeURIComponent(purl.replace(/^pkg:npm\/|@[^@]*$/g, '')),
  )
  expect(names).toEqual(expect.arrayContaining(bundled))
  const free = [
    'MIT',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    '0BSD',
    'BlueOak-1.0.0',
    'Unlicense',
  ]
  for (const { licenses = [] } of components)
    for (const { license } of licenses)
      licences.set(license.id, (licences.get(license.id) ?? 0) + 1)
  const others = components.filter(
    ({ licenses = [] }) =>
      licenses.length === 0 || !licenses.every(({ license }) => free.includes(license.id)),
  )
  expect(others.map(({ purl }) => purl)).toEqual([])
})
