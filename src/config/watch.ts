import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'

export interface FileWatch {
  /** Watches these files from now on. */
  follow(files: readonly string[]): void
  close(): void
}

const settleMs = 100

/**
 * Tells when one of the files is not what it was. It watches their folders, because editors replace
 * files rather than write into them, and it keeps no process alive. `states` are from when the files
 * were read.
 */
export function watchFiles(
  states: FileStates,
  onChange: () => void,
  onError: (error: Error) => void,
): FileWatch {
  let known = states
  let watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined

  /** An editor takes several steps to save a file; they are waited for. */
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(look, settleMs).unref()
  }
  const look = () => {
    const before = known
    known = fileStates(before.keys())
    if ([...known].some(([file, state]) => before.get(file) !== state)) onChange()
  }
  const watchFolder = (folder: string): FSWatcher[] => {
    try {
      return [watch(folder, { persistent: false }, soon).on('error', onError)]
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
      return []
    }
  }
  const follow = (files: readonly string[]) => {
    known = fileStates(files, known)
    const folders = new Set(files.flatMap(foldersOf))
    const before = watchers
    watchers = new Map(
      [...folders].flatMap((folder) => {
        const known = before.get(folder)
        return (known ? [known] : watchFolder(folder)).map((one) => [folder, one] as const)
      }),
    )
    for (const [folder, watcher] of before) if (!watchers.has(folder)) watcher.close()
  }

  follow([...states.keys()])
  look()
  return {
    follow,
    close: () => {
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** A link's own folder and the one it leads to. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))]
  } catch {
    return [dirname(file)]
  }
}

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
