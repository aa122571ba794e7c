import { proxyOnly } from '../src/litellm/routes/needs-proxy.js'
import { type ProviderEntry, providers } from '../src/litellm/routes/providers.js'
import { schemaForms } from '../src/litellm/wires/tool-schemas/forms.js'
import { markdownTable } from './generated.js'

/** Returns the table of OpenAI-compatible providers, and the prefixes that need a proxy. */
export function routesText(): string {
  const rows = Object.entries(providers).map(([prefix, entry]) => [
    `\`${prefix}/\``,
    entry.baseUrl === null ? 'none: give one' : `\`${entry.baseUrl}\``,
    names(entry.baseEnv),
    names(entry.keyEnv) + (entry.keyOptional ? ' (optional)' : ''),
    quirks(entry),
  ])
  const head = ['prefix', 'usual base', 'base from', 'key from', 'quirks']
  const others = [...proxyOnly].map((prefix) => `\`${prefix}/\``).join(', ')
  return `${markdownTable([head, ...rows])}

These need a LiteLLM Proxy: ${others}.

Tool schemas are sent in one of these forms. The original schema validates the arguments. Moonshot's models get the form \`plain\` from every host.

${markdownTable([['form', 'why'], ...forms])}`
}

const forms = Object.entries(schemaForms).map(([name, { why }]) => [`\`${name}\``, why])

function names(variables: readonly string[]): string {
  return variables.map((name) => `\`${name}\``).join(', ')
}

function quirks(entry: ProviderEntry): string {
  const { addV1, keyHeader, modernMaxTokens, noStop, noSystemRole, signedThoughts } = entry
  return [
    addV1 && '`/v1` is added to an address without a path',
    keyHeader && `the key also goes into \`${keyHeader}\``,
    entry.stringContent && 'text is sent as a string',
    entry.cacheControl && 'takes cache points',
    modernMaxTokens && `\`max_completion_tokens\` for \`${modernMaxTokens.source}\``,
    entry.legacyMaxTokens && 'only `max_tokens`',
    entry.noStreamOptions && 'no `stream_options`',
    entry.thinkingSwitch && 'thinking is switched by `thinking.type`',
    noSystemRole && `no system messages for \`${noSystemRole.source}\``,
    noStop && `no \`stop\` for \`${noStop.source}\``,
    entry.objectArguments && 'broken tool arguments go back as an object',
    entry.replayReasoning === 'required' && 'reasoning goes back with every message of the model',
    entry.replayReasoning === 'never' && 'no `reasoning_content` in the history',
    entry.thinkingParts && 'reasoning goes back as parts of the content',
    entry.toolIds === 'nine' && 'ids of tool calls have nine characters',
    entry.assistantAfterTools && 'a turn of the model is added between tool results and a user',
    entry.alternatingRoles && 'adjacent messages of one role are joined',
    entry.toolSchemas && `tool schemas in the form \`${entry.toolSchemas}\``,
    entry.noForcedToolWhileThinking && 'no forced tool while it thinks',
    signedThoughts === 'google' && 'thought signatures go back in `extra_content`',
  ]
    .filter(Boolean)
    .join('; ')
}
