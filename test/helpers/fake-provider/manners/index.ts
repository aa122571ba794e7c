import {
  alternatingRoles,
  detailsRequired,
  mistralHistory,
  noReasoningFields,
  openAiHistory,
  reasoningRequired,
  toolsRequired,
} from './history-rules.js'
import { firstOf, type Manner } from './manner.js'
import {
  anthropicSchemas,
  fireworksSchemas,
  geminiSchemas,
  moonshotSchemas,
  openAiSchemas,
} from './schema-rules.js'

export type { Manner } from './manner.js'

/** The manners of providers, by name. Each is what users reported, with the provider's words. */
export const manners = {
  openai: { refuse: firstOf(openAiSchemas, openAiHistory, noReasoningFields) },
  anthropic: { refuse: firstOf(anthropicSchemas, toolsRequired) },
  gemini: { refuse: geminiSchemas },
  mistral: { refuse: firstOf(openAiSchemas, mistralHistory, noReasoningFields) },
  moonshot: { refuse: firstOf(moonshotSchemas, reasoningRequired) },
  deepseek: { refuse: reasoningRequired },
  fireworks: { refuse: fireworksSchemas },
  openrouterGemini: { refuse: detailsRequired },
  groq: { refuse: noReasoningFields },
  litellmBedrock: { refuse: toolsRequired },
  alternating: { refuse: alternatingRoles },
} satisfies Record<string, Manner>

export type MannerName = keyof typeof manners
