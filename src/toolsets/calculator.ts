import { type Tool, ToolFailure } from '../agent/tools/tool.js'
import { stringArgument } from './arguments.js'

const maxLength = 1000

/** Calculates arithmetic expressions, with `^` and `**` for powers. Cannot run code and always ends. */
export const calculator: Tool = {
  spec: {
    name: 'calculator',
    description: 'Calculate the result of an arithmetic expression.',
    inputSchema: {
      properties: {
        expression: {
          description: 'The arithmetic expression to evaluate, e.g. "2 + 2".',
          type: 'string',
        },
      },
      required: ['expression'],
      type: 'object',
    },
  },
  validate: stringArgument('expression', { required: true }),
  run: async ({ expression }) => `Result: ${await calculate(String(expression))}`,
}

// Loaded by the first calculation and kept, because even a repeated import() costs time.
let arithmetic: Promise<typeof import('./arithmetic.js')> | undefined

/** Returns the value of an expression as text. Throws a ToolFailure that says what is wrong with it. */
export async function calculate(expression: string): Promise<string> {
  if (expression.length > maxLength)
    throw new ToolFailure(`Error: the expression is longer than ${maxLength} characters.`)
  arithmetic ??= import('./arithmetic.js')
  const { evaluate } = await arithmetic
  let value: unknown
  try {
    value = evaluate(withPlainOperators(expression))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ToolFailure(`Error: cannot calculate "${expression}": ${why}.`)
  }
  if (typeof value !== 'number')
    throw new ToolFailure(
      `Error: "${expression}" is not an arithmetic expression with a number as its value.`,
    )
  if (Number.isNaN(value))
    throw new ToolFailure(`Error: the value of "${expression}" is not a real number.`)
  if (!Number.isFinite(value))
    throw new ToolFailure(
      `Error: "${expression}" is infinite: it divides by zero, or the number is too large.`,
    )
  return numberText(value)
}

function withPlainOperators(expression: string): string {
  return expression
    .replaceAll('**', '^')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replaceAll('−', '-')
}

/** Rounds to the 15 digits that a double represents exactly, so that 0.1 + 0.2 is 0.3. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const rounded = Number(value.toPrecision(15))
  return Number.isInteger(rounded) && !Number.isSafeInteger(rounded)
    ? rounded.toExponential()
    : String(rounded)
}
