import * as z from 'zod'
import { nearest } from '../util/nearest-name.js'

/** Returns a schema whose unknown keys are errors that suggest the nearest known key, one per line. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join('\n')
        : undefined,
  })
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  return `unknown key${near ? `; did you mean "${near}"?` : `; known are ${known.join(', ')}`}`
}
