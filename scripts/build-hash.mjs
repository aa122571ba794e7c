import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = `${import.meta.dirname}/..`
const folders = ['src', 'dashboard']
const files = [
  'package.json',
  'package-lock.json',
  'tsconfig.types.json',
  ...['build', 'mcp-shims', 'message-kinds', 'third-party'].map((name) => `scripts/${name}.mjs`),
]

/** Holds the hash of what dist was built from. It is not in dist, which is published. */
export const buildHashFile = join(root, '.tmp/build-hash')

/** Returns a hash of everything that dist is built from. Contents count, because git changes times. */
export function sourceHash() {
  const hash = createHash('sha256')
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  for (const path of [...paths.sort(), ...files.map((file) => join(root, file))])
    hash.update(path.slice(root.length)).update(readFileSync(path))
  return hash.digest('hex')
}

/** Returns whether dist was built from the sources as they are now. */
export function isBuildFresh() {
  return (
    existsSync(join(root, 'dist/main.js')) &&
    existsSync(buildHashFile) &&
    readFileSync(buildHashFile, 'utf8') === sourceHash()
  )
}
