// What the MCP SDK takes from its platform, without the JSON Schema validator it would bring along:
// 200 KB that are read at every start, for elicitation, which no tool here uses.
export { default as process } from 'node:process'

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('This build has no JSON Schema validator for elicitation.')
  }
}
