// Bundles dist/main.js (the program) and dist/index.js (the library), and writes the library's types.
// `--readable`: not minified, with each module's name where it begins.
import { spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { buildHashFile, sourceHash } from './build-hash.mjs'
import { messageKinds } from './message-kinds.mjs'
import { thirdPartyLicences } from './third-party.mjs'

// Installed with this package, or by whoever needs them; everything else is bundled.
const external = [/^@aws-sdk\//, /^@smithy\//, /^@dbos-inc\//, /^@opentelemetry\//]

/**
 * What a server loads at its start goes into two files, one of them the library's too: twenty small
 * ones take Node longer to find than to run. What the command line needs first stays out, so that
 * compiled code can be kept.
 */
class StartModules {
  name = 'start-modules'
  core = new Set()
  serve = new Set()
  #imports = new Map()

  moduleParsed = ({ id, importedIds }) => {
    this.#imports.set(id, importedIds)
  }

  buildEnd = () => {
    const early = this.#closure('src/main.ts')
    const library = this.#closure('src/index.ts')
    for (const id of this.#closure('src/app/serve.ts')) {
      if (early.has(id)) continue
      const part = library.has(id) ? this.core : this.serve
      part.add(id)
    }
  }

  #closure(file) {
    const found = new Set()
    const open = [resolve(file)]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (found.has(id)) continue
      found.add(id)
      open.push(...(this.#imports.get(id) ?? []))
    }
    return found
  }
}

/** Thousands of literals cost Node more, in time and memory, than a text that is parsed once. */
const priceMap = {
  name: 'price-map',
  load: {
    filter: { id: /data\/models\.json$/ },
    handler: async (id) => ({
      code: `export default JSON.parse(${JSON.stringify(await readFile(id, 'utf8'))})`,
      moduleType: 'js',
    }),
  },
}

/**
 * Node's own modules are asked for, not imported: an import reads every property of a module once, and
 * some load others when they are read.
 */
const builtins = {
  name: 'builtins',
  renderChunk: (code) =>
    code.replace(
      /^import ?(?:(\w+(?:\$\d+)?)|\{([^}]*)\}) ?from ?["'](node:[\w/]+)["'];?/gm,
      (_, whole, names, id) => {
        const taken = whole ?? `{${names.replaceAll(' as ', ': ')}}`
        return `const ${taken} = process.getBuiltinModule("${id}");`
      },
    ),
}

process.chdir(`${import.meta.dirname}/..`)

await rm('dist', { recursive: true, force: true })
await rm(buildHashFile, { force: true })
// Taken before the build: a file that changes meanwhile makes dist out of date.
const hash = sourceHash()
try {
  await Promise.all([bundle(), page(), types()])
  await mkdir('.tmp', { recursive: true })
  await writeFile(buildHashFile, hash)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

async function bundle() {
  const start = new StartModules()
  const build = await rolldown({
    input: { main: 'src/main.ts', index: 'src/index.ts' },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external,
    resolve: {
      alias: {
        // Its main file loads the others in a way that no bundler sees.
        'jsonc-parser': resolve('node_modules/jsonc-parser/lib/esm/main.js'),
        '@modelcontextprotocol/client/_shims': resolve('scripts/mcp-shims.mjs'),
        '@modelcontextprotocol/server/_shims': resolve('scripts/mcp-shims.mjs'),
      },
    },
    plugins: [start, priceMap, messageKinds, builtins],
    onLog: (level, log) => {
      if (level === 'warn' && log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') console.error(log.message)
    },
  })
  const { output } = await build.write({
    dir: 'dist',
    format: 'esm',
    minify: !process.argv.includes('--readable'),
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    banner: ({ fileName }) => (fileName === 'main.js' ? '#!/usr/bin/env node' : ''),
    codeSplitting: {
      groups: [
        { name: 'core', test: (id) => start.core.has(id), includeDependenciesRecursively: false },
        { name: 'serve', test: (id) => start.serve.has(id), includeDependenciesRecursively: false },
      ],
    },
  })
  await build.close()
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds)
  await writeFile('dist/THIRD-PARTY-LICENCES.txt', await thirdPartyLicences(modules))
  await chmod('dist/main.js', 0o755)
}

/** What the dashboard's page is made of; it is served as it lies there. */
async function page() {
  await mkdir('dist/dashboard', { recursive: true })
  const build = await rolldown({ input: 'dashboard/page.ts', platform: 'browser' })
  await build.write({ file: 'dist/dashboard/page.js', format: 'esm', minify: true })
  await build.close()
  for (const name of ['index.html', 'page.css', 'icon.svg'])
    await copyFile(`dashboard/${name}`, `dist/dashboard/${name}`)
}

function types() {
  const tsc = 'node_modules/typescript/bin/tsc'
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc: ${code}`))))
  })
}
