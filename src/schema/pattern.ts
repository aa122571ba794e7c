/**
 * Compiles a pattern of a schema. If it is not valid in Unicode mode, compiles it without, because
 * other languages allow some escapes that Unicode mode rejects.
 */
export function pattern(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    try {
      return new RegExp(source)
    } catch {
      throw error
    }
  }
}
