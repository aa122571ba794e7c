import type { FileReader } from '../../src/config/file.js'

/** A reader for configuration files whose imported folders are empty. */
export function readerOf(readText: (path: string) => string): FileReader {
  return {
    readText,
    readAgents: (path) => ({ root: path, files: [], skipped: [], watched: [] }),
    readBeside: () => '',
  }
}
