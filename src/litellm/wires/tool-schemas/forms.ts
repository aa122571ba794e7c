/** Describes which JSON Schemas of tools a group of providers accepts. */
export interface SchemaForm {
  /** Why the schemas are sent in this form, with what the providers refuse. */
  readonly why: string
  /** The keyword for lists whose items differ by place. */
  readonly tuples: 'items' | 'prefixItems'
  /** Whether `$schema` is left out, because the provider validates against a draft of its own. */
  readonly ownDraft?: boolean
  /** Whether references are replaced by their definitions. */
  readonly inlined?: boolean
  /** The keywords that are sent; `undefined` if all are. Constraints of others are described. */
  readonly keywords?: ReadonlySet<string>
  /** The keywords that are sent at the root, if they are fewer. */
  readonly rootKeywords?: ReadonlySet<string>
  /** How a schema says that `null` is allowed. The default is a union with the type `null`. */
  readonly nullable?: boolean
  /** Whether only text can be listed in `enum`. */
  readonly textEnums?: boolean
  /** The values of `format` that are accepted; `undefined` if all are. */
  readonly formats?: ReadonlySet<string>
}

const basic = [
  ...['type', 'properties', 'required', 'items', 'anyOf', 'enum', 'description', 'title'],
  ...['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern', 'format'],
]

/**
 * The forms of tool schemas. In each of them the root is an object with `properties` and without
 * combinators, every list has `items`, and values that no draft allows are removed.
 */
export const schemaForms = {
  standard: {
    why: 'OpenAI and servers like it refuse a root that is not an object, that has no properties or has combinators, and lists without `items`.',
    tuples: 'items',
  },
  claude: {
    why: 'Anthropic requires draft 2020-12, which has `prefixItems` instead of a list in `items`, and refuses combinators at the root.',
    tuples: 'prefixItems',
    ownDraft: true,
  },
  inlined: {
    why: 'Models on Bedrock other than Claude, and the chat templates of local servers, do not resolve `$ref`.',
    tuples: 'items',
    ownDraft: true,
    inlined: true,
  },
  nova: {
    why: 'Nova supports three keywords at the root and does not resolve `$ref`.',
    tuples: 'items',
    inlined: true,
    rootKeywords: new Set(['type', 'properties', 'required']),
  },
  plain: {
    why: 'The provider validates against a subset: every schema has one type, `type` never stands next to `anyOf`, and `$ref`, `oneOf`, `allOf`, `const` and conditions are unknown.',
    tuples: 'items',
    inlined: true,
    keywords: new Set([...basic, 'additionalProperties', 'default']),
  },
  google: {
    why: "Google's Schema knows few keywords, one type per schema, no references, and only text in `enum`.",
    tuples: 'items',
    inlined: true,
    keywords: new Set([...basic, 'nullable']),
    nullable: true,
    textEnums: true,
    formats: new Set(['enum', 'date-time', 'int32', 'int64', 'float', 'double']),
  },
} satisfies Record<string, SchemaForm>

export type SchemaFormName = keyof typeof schemaForms
