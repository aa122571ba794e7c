// What the MCP SDK takes from its platform, without the JSON Schema validator it would bring along:
// 200 KB that are read at every start, for elicitation and for results, which nothing here checks.
export { default as process } from 'node:process'

/** Of browsers. */
export const CORS_IS_POSSIBLE = false

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('This build has no JSON Schema validator for the SDK.')
  }
}
