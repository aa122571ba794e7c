import { readdir, readFile } from 'node:fs/promises'

/** Returns the licenses of the packages whose code is in the bundle, as those licenses require. */
export async function thirdPartyLicences(modules) {
  const texts = [...(await licences(modules)), await modelDataLicence()]
  return `This package contains code and data of the packages below.\n\n${texts.join('\n\n')}`
}

/** Returns the licenses of the packages that contain the modules. */
function licences(modules) {
  const folders = new Set(modules.map(packageFolder).filter(Boolean))
  return Promise.all([...folders].sort().map(licence))
}

/**
 * Returns the notice of the price map, which is data and not a package. Its README quotes the
 * notice.
 */
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

/**
 * Returns the packages that a license text lists. The price map is data, and is not in the list.
 */
export function bundledPackages(text) {
  return [...text.matchAll(title)].map(([, name, version, licence]) => ({ name, version, licence }))
}
