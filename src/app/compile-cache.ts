interface CompileCache {
  enableCompileCache?: () => unknown
  flushCompileCache?: () => void
}

// Node 22 and later have it; importing it by name would be a syntax error before.
const { enableCompileCache, flushCompileCache } = process.getBuiltinModule(
  'node:module',
) as CompileCache

/** Lets Node keep the code that is loaded from here on compiled, for the next start. */
export function keepCompiledCode(): void {
  enableCompileCache?.()
}

/** Writes it down now: a server is often killed, and then never gets to it. */
export function saveCompiledCode(): void {
  flushCompileCache?.()
}
