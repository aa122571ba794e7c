// Bundles dist/main.js (the program) and dist/index.js (the library), and writes the library's
// types. `--readable` builds without minification, and marks the start of each module with its
// name.
import { spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { buildHashFile, sourceHash } from './build-hash.mjs'
import { messageKinds } from './message-kinds.mjs'
import { thirdPartyLicences } from './third-party.mjs'

// These packages are dependencies or optional installs of the user. Everything else is bundled.
const external = [/^@aws-sdk\//, /^@smithy\//, /^@dbos-inc\//, /^@opentelemetry\//]

/**
 * Bundles the modules that a server loads at start into two files, one of which the library shares.
 * Node takes longer to find twenty small files than to run them. Modules that the command line
 * needs first stay separate, so that compiled code can be cached.
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

/**
 * Bundles the price map as JSON text. Parsing one text takes Node less time and memory than
 * thousands of literals.
 */
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
 * Replaces imports of Node's own modules with lookups. An import reads every property of a module
 * once, and some properties load other modules when they are read.
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
// The hash is taken before the build: a file that changes meanwhile makes dist out of date.
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
    input: {
      main: 'src/main.ts',
      index: 'src/index.ts',
      'schema-worker': 'src/schema/worker.ts',
    },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external,
    resolve: {
      alias: {
        // The package's main file loads the others in a way that no bundler can analyze.
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

/** Builds the files of the dashboard's page, which are served unchanged. */
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
