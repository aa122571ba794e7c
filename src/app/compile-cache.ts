interface CompileCache {
  enableCompileCache?: () => unknown
  flushCompileCache?: () => void
}

// Node 22 and later have these functions; an import by name would fail in Node 20.
const { enableCompileCache, flushCompileCache } = process.getBuiltinModule(
  'node:module',
) as CompileCache

/** Has Node cache the compiled code of every module that is loaded later, for the next start. */
export function keepCompiledCode(): void {
  enableCompileCache?.()
}

/** Writes the cache now, because a server that is killed never writes it. */
export function saveCompiledCode(): void {
  flushCompileCache?.()
}
