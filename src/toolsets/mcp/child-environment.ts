type Environment = Readonly<Record<string, string | undefined>>

/** What a program needs to run at all. No key of a provider is among them. */
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

/** A child server's environment: what programs need of ours, and what its configuration gives it. */
export function childEnvironment(
  ours: Environment,
  own: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const names = inherited[platform === 'win32' ? 'win32' : 'posix']
  // Windows spells some of them in its own way: Path.
  const wanted = (name: string) => names.includes(platform === 'win32' ? name.toUpperCase() : name)
  const taken = Object.entries(ours).filter(
    (entry): entry is [string, string] => wanted(entry[0]) && entry[1] !== undefined,
  )
  return { ...Object.fromEntries(taken), ...own }
}
