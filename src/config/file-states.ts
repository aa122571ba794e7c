import { statSync } from 'node:fs'

/** Files by path, with what tells whether one is still what it was. */
export type FileStates = ReadonlyMap<string, string>

/** Those of `known` stay as they are known. */
export function fileStates(files: Iterable<string>, known?: FileStates): FileStates {
  return new Map([...files].map((file) => [file, known?.get(file) ?? stateOf(file)]))
}

function stateOf(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file)
    return `${ino} ${mtimeMs} ${size}`
  } catch {
    return 'absent'
  }
}
