/**
 * A caller's pattern. Where it is no Unicode regular expression it is tried as a plain one, as other
 * languages' validators write some escapes that Unicode mode refuses.
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
