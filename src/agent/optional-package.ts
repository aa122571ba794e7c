import { configurationError } from './errors.js'

/** A package that only some need, and who needs it installs. */
export interface OptionalPackage {
  name: string
  /** The release this project is tested with: package.json's own. */
  version: string
  /** As in "Bedrock models". */
  neededBy: string
  /** What else there is to do. */
  otherwise: string
}

/** Imports it; where it is absent, fails with a `configuration` error that says how to install it. */
export async function loadOptionalPackage<Module>(
  { name, version, neededBy, otherwise }: OptionalPackage,
  importer: () => Promise<Module>,
): Promise<Module> {
  try {
    return await importer()
  } catch (error) {
    if (!isAbsence(error, name)) throw error
    throw configurationError(
      `${neededBy} need the package ${name}, which is not installed.`,
      `Run npm install ${name}@${version} beside litellm-agents-mcp, or ${otherwise}`,
    )
  }
}

function isAbsence(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code)) &&
    error.message.includes(name)
  )
}
