import { createContext, Script } from 'node:vm'

/** Longest time one pattern may take on one text, in milliseconds. */
const timeout = 100

let sandbox: { context: Record<string, unknown>; script: Script } | undefined

export interface Pattern {
  test(text: string): boolean
}

/**
 * A caller's pattern that cannot hang the process: a text it cannot decide in time does not match.
 * Where the pattern is no Unicode regular expression it is tried as a plain one, as other languages'
 * validators write some escapes that Unicode mode refuses.
 */
export function safePattern(source: string, flags: string): Pattern {
  const expression = compile(source, flags)
  return { test: (text) => testInTime(expression, text) }
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    try {
      return new RegExp(source)
    } catch {
      throw error
    }
  }
}

function testInTime(expression: RegExp, text: string): boolean {
  sandbox ??= {
    context: createContext(Object.create(null)),
    script: new Script('expression.test(text)'),
  }
  Object.assign(sandbox.context, { expression, text })
  try {
    return sandbox.script.runInContext(sandbox.context, { timeout }) === true
  } catch {
    return false
  }
}
