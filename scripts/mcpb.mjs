// Makes the MCP bundle: npm run mcpb, or npx tsx scripts/mcpb.mjs FILE after a build. Anthropic's
// tool checks the manifest and packs the bundle. The built program is included unchanged.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packExtension } from '@anthropic-ai/mcpb'
import manifest from '../package.json' with { type: 'json' }
import { connectStdio } from '../test/helpers/connect.js'
import { mcpbManifest } from './mcpb-manifest.js'

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
