type Environment = Readonly<Record<string, string | undefined>>

/** The variables that a program needs to run. No provider key is among them. */
const inherited: Record<'posix' | 'win32', readonly string[]> = {
  posix: ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TMPDIR', 'TZ'],
  win32: [
    'APPDATA',
    'COMSPEC',
    'HOMEDRIVE',
    'HOMEPATH',
    'LOCALAPPDATA',
    'PATH',
    'PATHEXT',
    'PROCESSOR_ARCHITECTURE',
    'PROGRAMDATA',
    'PROGRAMFILES',
    'PROGRAMFILES(X86)',
    'PROGRAMW6432',
    'SYSTEMDRIVE',
    'SYSTEMROOT',
    'TEMP',
    'TMP',
    'USERNAME',
    'USERPROFILE',
    'WINDIR',
  ],
}

/** Returns the environment of a child server: the inherited variables and its own. */
export function childEnvironment(
  ours: Environment,
  own: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const names = inherited[platform === 'win32' ? 'win32' : 'posix']
  // Windows spells some names differently: Path.
  const wanted = (name: string) => names.includes(platform === 'win32' ? name.toUpperCase() : name)
  const taken = Object.entries(ours).filter(
    (entry): entry is [string, string] => wanted(entry[0]) && entry[1] !== undefined,
  )
  return { ...Object.fromEntries(taken), ...own }
}
