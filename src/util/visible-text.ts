/**
 * Matches control characters, format characters such as bidi overrides and zero-width spaces, and
 * other invisible characters.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * Returns a text in which escapes replace characters that hide or reorder text. A person who approves
 * something must see what it is.
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replace(hidden, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
}
