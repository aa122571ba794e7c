import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { AgentFile } from '../import/imported-agent.js'
import { decodeText } from '../util/decode-text.js'
import { fileErrorText } from '../util/file-error.js'

/** The files of one import, and the files that are left out, with the reason. */
export interface AgentFiles {
  /** The folder that every file of the import is inside. */
  root: string
  files: AgentFile[]
  skipped: { path: string; reason: string }[]
  /** The paths whose change means that the import has changed. */
  watched: string[]
}

const maxFiles = 2_000
const maxBytes = 1024 * 1024
const maxDepth = 4
const endings = /\.(md|toml|ya?ml)$|^(opencode\.jsonc?|agent_config\.json)$/i
/** Documents that projects keep beside their agents. */
const documents = /^(readme|changelog|license|contributing|agents|claude|gemini)\.md$/i

/**
 * Reads the agent files of a path, which the operator named: a file, or a folder with its folders. A
 * link is judged by its target, which must be inside the folder. Throws if the path cannot be read.
 */
export function readAgentFiles(path: string): AgentFiles {
  if (!statSync(path).isDirectory())
    return {
      root: dirname(path),
      files: [{ path, text: textOf(path) }],
      skipped: [],
      watched: [path],
    }
  const found: AgentFiles = { root: path, files: [], skipped: [], watched: [] }
  readFolder(path, realpathSync(path), maxDepth, found)
  return found
}

function readFolder(folder: string, root: string, depth: number, found: AgentFiles): void {
  // The folder itself changes when a file is added to it or removed from it.
  found.watched.push(`${folder}${sep}.`)
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    try {
      if (!isInside(realpathSync(path), root)) {
        found.skipped.push({ path, reason: 'it is a link to a place outside the folder' })
        continue
      }
      const { isFolder, isFile, size } = kindOf(path)
      if (isFolder && depth > 0) readFolder(path, root, depth - 1, found)
      if (!isFile || !endings.test(entry.name) || documents.test(entry.name)) continue
      if (found.files.length >= maxFiles) {
        found.skipped.push({ path, reason: `the folder has more than ${maxFiles} agents` })
        return
      }
      if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
      found.files.push({ path, text: textOf(path) })
      found.watched.push(path)
    } catch (error) {
      found.skipped.push({ path, reason: fileErrorText(error) })
    }
  }
}

function kindOf(path: string) {
  const stats = statSync(path)
  return { isFolder: stats.isDirectory(), isFile: stats.isFile(), size: stats.size }
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !/^[a-z]:/i.test(way)
}

/** Reads a file beside an imported one, such as a prompt. It must be inside the imported folder. */
export function readBeside(path: string, root: string): string {
  const real = realpathSync(path)
  if (!isInside(real, realpathSync(root))) throw new Error('it is outside the imported folder')
  if (!statSync(real).isFile()) throw new Error('it is not a file')
  return textOf(real)
}

function textOf(path: string): string {
  return decodeText(readFileSync(path))
}
