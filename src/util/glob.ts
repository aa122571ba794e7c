/** Returns whether a name matches a glob, in which `*` matches any text. */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = glob.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(name)
}

export function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name))
}
