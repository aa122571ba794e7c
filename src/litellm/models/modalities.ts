import { invalidRequest } from '../../agent/errors.js'
import type { ContentBlock, Message, ToolResultContent } from '../../agent/messages/content.js'
import type { Route } from '../routes/route.js'
import type { Supports } from './model-info.js'

/**
 * Returns the messages in a form that the model supports. Pure. Content is sent unchanged if the
 * support for it is unknown. Throws `invalidRequest` if the user sent content that the model is
 * known not to support. Such content from a tool or another model is replaced by a note, because
 * the conversation can continue without it.
 */
export function takenMessages(
  messages: readonly Message[],
  supports: Supports,
  { id }: Route,
): readonly Message[] {
  const { vision, pdf, audio } = supports
  if (vision !== false && pdf !== false && audio !== false) return messages
  const refused = messages
    .flatMap(({ role, content }) => (role === 'user' ? content : []))
    .map((block) => unreadable(block, supports))
    .find((kind) => kind !== undefined)
  if (refused) {
    const { what, can, instead } = kinds[refused]
    throw invalidRequest(
      `${id} takes no ${what}.`,
      `Pass a \`modelId\` that ${can}, or ${instead}.`,
    )
  }
  return messages.map((message) => withoutMade(message, supports))
}

type Kind = 'image' | 'pdf' | 'audio'

const kinds: Record<Kind, { what: string; can: string; instead: string }> = {
  image: {
    what: 'images',
    can: 'has vision (`list_models` shows which do)',
    instead: 'describe the image in words',
  },
  pdf: {
    what: 'PDF documents',
    can: 'reads PDF, such as a Claude, Gemini or GPT-4o model',
    instead: 'send the text of the document',
  },
  audio: {
    what: 'audio',
    can: 'listens, such as openai/gpt-audio or a Gemini model',
    instead: 'send a transcript',
  },
}

function unreadable(block: ContentBlock | ToolResultContent, supports: Supports): Kind | undefined {
  if ('image' in block && supports.vision === false) return 'image'
  if ('audio' in block && supports.audio === false) return 'audio'
  const pdf = 'document' in block && block.document.format === 'pdf'
  return pdf && supports.pdf === false ? 'pdf' : undefined
}

function withoutMade(message: Message, supports: Supports): Message {
  const content = message.content.map((block): ContentBlock => {
    if ('toolResult' in block) {
      const { toolResult } = block
      const items = toolResult.content.map((item) => named(item, supports))
      return { toolResult: { ...toolResult, content: items } }
    }
    return named(block, supports)
  })
  return { ...message, content }
}

function named<Block extends ContentBlock | ToolResultContent>(block: Block, supports: Supports) {
  const kind = unreadable(block, supports)
  return kind ? { text: `[${kind}: this model cannot read it]` } : block
}
