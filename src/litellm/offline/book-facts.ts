import type { JsonValue } from '../../agent/content.js'

/** What a prompt such as `"Title" by Author. It's a kind of book about …` says of a book. */
export function bookFacts(prompt: string): Record<string, JsonValue> {
  const text = prompt.replace(/\s+/g, ' ')
  const book = /"([^"]+)" by ([A-Z][\w'-]*(?: [A-Z][\w'-]*)*)/.exec(text)
  if (!book) return {}
  const [, title = '', author = ''] = book
  const [, genre = 'fiction', subject = title] = /\ban? ([\w -]+?) about ([^.]+)\./.exec(text) ?? []
  return { title, author, genre: capital(genre), summary: `${capital(subject)}.`, rating: 9 }
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
