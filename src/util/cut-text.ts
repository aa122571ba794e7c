/** Returns the first `maxChars` characters of a text, without splitting a surrogate pair. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const last = text.charCodeAt(maxChars - 1)
  const splits = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splits ? maxChars - 1 : maxChars)
}
