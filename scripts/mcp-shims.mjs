// Replaces the MCP SDK's platform module, without its JSON Schema validator. The validator would
// add 200 KB to every start. It is for elicitation and results, which no code here validates.
export { default as process } from 'node:process'

/** This value is true only in browsers. */
export const CORS_IS_POSSIBLE = false

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('This build has no JSON Schema validator for the SDK.')
  }
}
