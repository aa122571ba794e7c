import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'

export interface FileWatch {
  /** Watches these files instead of the previous ones. */
  follow(files: readonly string[]): void
  close(): void
}

const settleMs = 100

/**
 * Calls `onChange` when one of the files changes. Watches their folders, because editors replace files
 * instead of writing into them. Does not keep the process alive. `states` are those of the files when
 * they were read.
 */
export function watchFiles(
  states: FileStates,
  onChange: () => void,
  onError: (error: Error) => void,
): FileWatch {
  let known = states
  let watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined

  /** Waits a moment, because an editor saves a file in several steps. */
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

/** Returns the folder of a file and, for a link, the folder of its target. */
function foldersOf(file: string): string[] {
  try {
    return [dirname(file), dirname(realpathSync(file))]
  } catch {
    return [dirname(file)]
  }
}

/** Files by path, with a text that changes when the file does. */
export type FileStates = ReadonlyMap<string, string>

/** Returns the states of files, and keeps those that are known. */
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
