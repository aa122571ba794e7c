// Prints the software bill of materials (CycloneDX) of this package. npm lists the installed
// packages, and the license file in dist lists the bundled ones. Needs a build.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { bundledPackages } from './third-party.mjs'

process.chdir(`${import.meta.dirname}/..`)
const args = ['sbom', '--omit', 'dev', '--sbom-format', 'cyclonedx']
const bill = JSON.parse(
  execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
)
const bundled = bundledPackages(readFileSync('dist/THIRD-PARTY-LICENCES.txt', 'utf8'))
const known = new Set(bill.components.map(({ purl }) => purl))
for (const { name, version, licence } of bundled) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  if (known.has(purl)) continue
  bill.components.push({
    type: 'library',
    name,
    version,
    purl,
    licenses: [{ license: { id: licence } }],
  })
}
console.log(JSON.stringify(bill, null, 2))
