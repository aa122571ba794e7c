/** Whether a header can carry this as it is: Latin-1 without control characters. */
export function isHeaderText(text: string): boolean {
  return /^[\x20-\x7e\xa0-\xff]*$/.test(text)
}
