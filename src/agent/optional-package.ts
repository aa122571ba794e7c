import { configurationError } from './errors.js'

/** A package that only some features need and that users install themselves. */
export interface OptionalPackage {
  name: string
  /** The version in package.json, which this project is tested with. */
  version: string
  /** The subject of the error message, such as "Bedrock models". */
  neededBy: string
  /** The alternative to installing the package, for the error's hint. */
  otherwise: string
}

/** Imports the package. Throws a `configuration` error with the install command if it is missing. */
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
      `Run npm install ${name}@${version} next to litellm-agents-mcp, or ${otherwise}`,
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
