import type { JsonObject } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'
import { type SchemaForm, type SchemaFormName, schemaForms } from './forms.js'
import { inlinedSchema } from './inline.js'
import { asObject } from './nodes.js'
import { plainSchema } from './plain.js'
import { objectRoot } from './root.js'
import { validSchema } from './valid.js'

/** The converted schemas of each tool, so that each is converted once and not with every call. */
const converted = new WeakMap<JsonObject, Map<SchemaFormName, JsonObject>>()

/** Returns the schema of a tool in the form that the route's provider accepts. */
export function sentSchema(schema: JsonObject, route: Route, tool: string): JsonObject {
  const name = schemaFormOf(route)
  const forms = converted.get(schema) ?? new Map<SchemaFormName, JsonObject>()
  const sent = forms.get(name) ?? inForm(schema, schemaForms[name], { model: route.model, tool })
  forms.set(name, sent)
  converted.set(schema, forms)
  return sent
}

/** Matches models whose hosts all apply the rules of the model's maker. */
const moonshotModels = /kimi|moonshot/i

function schemaFormOf({ wire, model, traits, kind }: Route): SchemaFormName {
  if (traits.toolSchemas) return traits.toolSchemas
  if (wire === 'anthropic-messages') return 'claude'
  if (wire === 'bedrock-converse') {
    if (/anthropic|^arn:/.test(model)) return 'claude'
    return model.includes('amazon.nova') ? 'nova' : 'inlined'
  }
  return kind === 'direct' && moonshotModels.test(model) ? 'plain' : 'standard'
}

function inForm(
  schema: JsonObject,
  form: SchemaForm,
  { model, tool }: { model: string; tool: string },
): JsonObject {
  const { $schema, ...rest } = objectRoot(asObject(validSchema(schema, form)))
  const root = $schema === undefined || form.ownDraft ? rest : { $schema, ...rest }
  const whole = form.inlined ? inlinedSchema(root, model, tool) : root
  const sent = form.keywords ? plainSchema(whole, form) : whole
  const { rootKeywords } = form
  if (!rootKeywords) return sent
  return Object.fromEntries(Object.entries(sent).filter(([key]) => rootKeywords.has(key)))
}
