import { readdir, readFile } from 'node:fs/promises'

/** The licences of the packages whose code is in the bundle, as their own terms ask for. */
export async function thirdPartyLicences(modules) {
  const texts = [...(await licences(modules)), await modelDataLicence()]
  return `This package contains code and data of the packages below.\n\n${texts.join('\n\n')}`
}

/** Those of the packages that the modules are of. */
function licences(modules) {
  const folders = new Set(modules.map(packageFolder).filter(Boolean))
  return Promise.all([...folders].sort().map(licence))
}

/** The notice of the price map, which is data and no package; its README quotes it. */
async function modelDataLicence() {
  const readme = await readFile('src/litellm/data/README.md', 'utf8')
  const version = /\) (\d+\.\d+\.\d+)/.exec(readme)?.[1]
  const notice = readme.match(/^>.*$/gm)?.map((line) => line.replace(/^> ?/, ''))
  if (!version || !notice) throw new Error('src/litellm/data/README.md has no version or no notice')
  return entry(`LiteLLM ${version}, model_prices_and_context_window.json (MIT)`, notice.join('\n'))
}

function packageFolder(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]
}

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const files = await readdir(folder)
  const file = files.find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  const text = file ? (await readFile(`${folder}/${file}`, 'utf8')).trim() : ''
  return entry(`${name} ${version} (${license ?? 'see below'})`, text)
}

function entry(title, text) {
  return `${'='.repeat(80)}\n${title}\n\n${text}`.trim()
}

const title = /^={80}\n(\S+) (\S+) \(([^)]+)\)$/gm

/** The packages that such a text is of; the price map, which is data, is none. */
export function bundledPackages(text) {
  return [...text.matchAll(title)].map(([, name, version, licence]) => ({ name, version, licence }))
}
