/** A pattern in the syntax of another language, which would never match here. */
export class ForeignPattern extends Error {}

/** Syntax of Python, Rust, PCRE and POSIX that ECMAScript reads as something else or rejects. */
const foreign = /\\[AzZGhHRQEX]|\[\[:\w+:\]|\(\?[imsxu-]+[):]|\(\?P[<=>]|\(\?#|\(\?>/

/**
 * Compiles a pattern of a schema. If it is not valid in Unicode mode, compiles it without, because
 * other languages allow some escapes that Unicode mode rejects. Throws ForeignPattern if the pattern
 * is in the syntax of another language.
 */
export function pattern(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    const [found] = foreign.exec(source.replaceAll('\\\\', '')) ?? []
    if (found !== undefined)
      throw new ForeignPattern(
        `the pattern "${source}" has ${found}, which JSON Schema does not know`,
      )
    try {
      return new RegExp(source)
    } catch {
      throw error
    }
  }
}
