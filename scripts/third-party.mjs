import { readdir, readFile } from 'node:fs/promises'

/** The licences of the packages whose code is in the bundle, as their own terms ask for. */
export async function thirdPartyLicences(metafile) {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  const folders = new Set(inputs.map(packageFolder).filter(Boolean))
  const texts = await Promise.all([...folders].sort().map(licence))
  return `This package contains code of the packages below.\n\n${texts.join('\n\n')}`
}

function packageFolder(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]
}

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const files = await readdir(folder)
  const file = files.find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const text = file ? (await readFile(`${folder}/${file}`, 'utf8')).trim() : ''
  return `${'='.repeat(80)}\n${name} ${version} (${license ?? 'see below'})\n\n${text}`.trim()
}
