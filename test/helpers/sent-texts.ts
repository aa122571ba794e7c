import type { RecordedRequest } from './fake-provider/types.js'

/** The texts that a model was sent on the OpenAI wire. */
export function sentTexts(request: RecordedRequest | undefined): string[] {
  return request?.body.messages.map(({ content }: { content: string | { text: string }[] }) =>
    typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  )
}
