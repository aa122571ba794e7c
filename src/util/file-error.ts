const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
}

/** Returns why a file cannot be read or written, as text instead of a system error code. */
export function fileErrorText(error: unknown): string {
  const code = errorCode(error)
  if (code !== undefined) return reasons[code] ?? code
  return error instanceof Error ? error.message : String(error)
}

/** Returns the system error code of an error, such as ENOENT; `undefined` if it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}
