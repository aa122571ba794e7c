// Makes the MCP bundle: npm run mcpb, or npx tsx scripts/mcpb.mjs FILE after a build. Anthropic's tool
// checks the manifest and packs. The program goes in as it is built, and beside it the one package
// that is not in it, in one file: as npm installs it, it is twenty times as large as all else.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packExtension } from '@anthropic-ai/mcpb'
import { rolldown } from 'rolldown'
import manifest from '../package.json' with { type: 'json' }
import { connectStdio } from '../test/helpers/connect.js'
import { mcpbManifest } from './mcpb-manifest.js'
import { licences } from './third-party.mjs'

const outputPath = resolve(process.argv[2] ?? `${manifest.name}-${manifest.version}.mcpb`)
process.chdir(`${import.meta.dirname}/..`)
const folder = resolve('.tmp/mcpb')
const leftOut = ['dist/types', 'dist/index.js'].map((path) => resolve(path))

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
await cp('dist', `${folder}/dist`, {
  recursive: true,
  filter: (from) => !leftOut.includes(resolve(from)),
})
await cp('LICENSE', `${folder}/LICENSE`)
await cp('mcpb/icon.png', `${folder}/icon.png`)
const { name, version, license, type } = manifest
await write('package.json', { name, version, license, type, private: true })
await write('manifest.json', mcpbManifest(await tools()))
await vendorSdk()
if (!(await packExtension({ extensionPath: folder, outputPath, silent: true })))
  throw new Error('The bundle was not packed.')
console.log(outputPath)

function write(path, content) {
  return writeFile(`${folder}/${path}`, `${JSON.stringify(content, null, 2)}\n`)
}

async function tools() {
  const client = await connectStdio('2026', {})
  try {
    return (await client.request('tools/list')).tools
  } finally {
    await client.close()
  }
}

async function vendorSdk() {
  const sdk = '@anthropic-ai/sdk'
  const build = await rolldown({
    input: `node_modules/${sdk}/index.mjs`,
    platform: 'node',
    onLog: () => {},
  })
  const { output } = await build.write({
    file: `${folder}/node_modules/${sdk}/index.js`,
    format: 'esm',
    minify: true,
    codeSplitting: false,
  })
  await build.close()
  const own = { name: sdk, version: manifest.dependencies[sdk], type, exports: './index.js' }
  await write(`node_modules/${sdk}/package.json`, own)
  const texts = await licences(output.flatMap(({ moduleIds = [] }) => moduleIds))
  await writeFile(`${folder}/node_modules/${sdk}/LICENCES.txt`, texts.join('\n\n'))
}
