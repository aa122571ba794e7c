// Bundles dist/main.js (the program) and dist/index.js (the library), and writes the library's types.
import { spawn } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { commonJsNames } from './commonjs-names.mjs'
import { thirdPartyLicences } from './third-party.mjs'

// Installed with this package, or by whoever needs them; everything else is bundled.
const external = [
  'openai',
  '@anthropic-ai/sdk',
  '@aws-sdk/*',
  '@smithy/*',
  '@dbos-inc/*',
  '@opentelemetry/*',
]

process.chdir(`${import.meta.dirname}/..`)

await rm('dist', { recursive: true, force: true })
try {
  await Promise.all([bundle(), types()])
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

async function bundle() {
  const { metafile } = await build({
    entryPoints: ['src/main.ts', 'src/index.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    // CommonJS packages ask for Node's own modules by require, which a module does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    // Names stay, so that a stack trace can be read without a source map.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    plugins: [commonJsNames],
    logLevel: 'warning',
  })
  await writeFile('dist/THIRD-PARTY-LICENCES.txt', await thirdPartyLicences(metafile))
  await writeFile('dist/main.js', `#!/usr/bin/env node\n${await readFile('dist/main.js', 'utf8')}`)
  await chmod('dist/main.js', 0o755)
}

function types() {
  const tsc = 'node_modules/typescript/bin/tsc'
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc: ${code}`))))
  })
}
