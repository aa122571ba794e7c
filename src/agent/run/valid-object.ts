import type { OutputSchema, ValidationIssue } from '../validator.js'
import { type Candidate, objectsInValue, repairableRegions } from './find-object.js'

/** The object that validates, or what is wrong with those that do not. */
export type FoundObject = { value: unknown } | { problems: string[] }

/**
 * Finds the one valid object: in the most certain group that has a valid one, else in the repaired
 * parts of `text`. Several different valid objects are ambiguous, so that none of them is taken.
 */
export async function validObject(
  schema: OutputSchema,
  groups: readonly Candidate[][],
  text: string,
): Promise<FoundObject> {
  let problems: string[] = []
  for (const group of [...groups, undefined]) {
    const candidates = group ?? (await repaired(schema, text))
    const found = await validIn(schema, candidates)
    if (found.valid.size === 1) return { value: [...found.valid.values()][0] }
    if (found.valid.size > 1)
      return { problems: [`it has ${found.valid.size} different objects, not one`] }
    if (found.problems.length > 0) problems = found.problems
  }
  return { problems }
}

/** The distinct valid objects of a group by their text, and the errors of the last invalid one. */
async function validIn(schema: OutputSchema, group: readonly Candidate[]) {
  const valid = new Map<string, unknown>()
  let problems: string[] = []
  for (const candidate of group)
    for (const object of candidate) {
      const validation = await schema.validate(object)
      if (validation.ok) {
        valid.set(JSON.stringify(object), validation.value)
        break
      }
      problems = validation.issues.map(describeIssue)
    }
  return { valid, problems }
}

async function repaired({ repair }: OutputSchema, text: string): Promise<Candidate[]> {
  if (!repair) return []
  const values = await Promise.all(repairableRegions(text).map(repair))
  return values.flatMap((value) => (value === undefined ? [] : objectsInValue(value)))
}

function describeIssue({ path, message }: ValidationIssue): string {
  return `Field '${path || 'root'}': ${message}`
}
