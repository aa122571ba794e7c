import * as mathjs from 'mathjs/number'

// Listed one by one, so that only these are bundled and available to expressions.
const operators = {
  add: mathjs.addDependencies,
  divide: mathjs.divideDependencies,
  factorial: mathjs.factorialDependencies,
  mod: mathjs.modDependencies,
  multiply: mathjs.multiplyDependencies,
  pow: mathjs.powDependencies,
  subtract: mathjs.subtractDependencies,
  unaryMinus: mathjs.unaryMinusDependencies,
  unaryPlus: mathjs.unaryPlusDependencies,
}

const functions = {
  abs: mathjs.absDependencies,
  acos: mathjs.acosDependencies,
  asin: mathjs.asinDependencies,
  atan: mathjs.atanDependencies,
  atan2: mathjs.atan2Dependencies,
  cbrt: mathjs.cbrtDependencies,
  ceil: mathjs.ceilDependencies,
  cos: mathjs.cosDependencies,
  cosh: mathjs.coshDependencies,
  exp: mathjs.expDependencies,
  fix: mathjs.fixDependencies,
  floor: mathjs.floorDependencies,
  gcd: mathjs.gcdDependencies,
  hypot: mathjs.hypotDependencies,
  lcm: mathjs.lcmDependencies,
  log: mathjs.logDependencies,
  log10: mathjs.log10Dependencies,
  log2: mathjs.log2Dependencies,
  max: mathjs.maxDependencies,
  mean: mathjs.meanDependencies,
  min: mathjs.minDependencies,
  nthRoot: mathjs.nthRootDependencies,
  round: mathjs.roundDependencies,
  sign: mathjs.signDependencies,
  sin: mathjs.sinDependencies,
  sinh: mathjs.sinhDependencies,
  sqrt: mathjs.sqrtDependencies,
  sum: mathjs.sumDependencies,
  tan: mathjs.tanDependencies,
  tanh: mathjs.tanhDependencies,
}

const constants = {
  e: mathjs.eDependencies,
  pi: mathjs.piDependencies,
  tau: mathjs.tauDependencies,
}

const math = mathjs.create({
  parse: mathjs.parseDependencies,
  ...operators,
  ...functions,
  ...constants,
} as mathjs.FactoryFunctionMap)

/** Functions in addition to those of mathjs. */
const scope = { ln: Math.log }

const operatorNames = Object.keys(operators)
const symbolNames = [
  ...Object.keys({ ...functions, ...constants, ...scope }),
  'factorial',
  'mod',
  'pow',
]

/** Evaluates an expression. Only the operators, functions and constants above are available. */
export function evaluate(expression: string): unknown {
  const tree = math.parse(expression)
  tree.traverse(checkNode)
  return tree.evaluate({ ...scope })
}

const freeNodes = ['ConstantNode', 'ParenthesisNode', 'FunctionNode']

/** Rejects anything but arithmetic before evaluation, because the mathjs language has more. */
function checkNode(node: mathjs.MathNode): void {
  if (node.type === 'OperatorNode' && 'fn' in node) checkName(node.fn, operatorNames)
  else if (node.type === 'SymbolNode' && 'name' in node) checkName(node.name, symbolNames)
  else if (!freeNodes.includes(node.type)) throw new Error('only arithmetic is supported')
}

function checkName(name: unknown, known: readonly string[]): void {
  if (!known.includes(String(name)))
    throw new Error(`${name} is not supported; supported are ${known.join(', ')}`)
}
