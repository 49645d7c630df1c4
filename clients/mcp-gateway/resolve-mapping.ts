import { Environment, Optional } from '@marcbachmann/cel-js'

/** What a mapping may speak of (COAZ-MCP, “Information Model”). */
export interface MappingInputs {
  /** `params` of the message. */
  params: Record<string, unknown>
  /** The claims of the access token, checked. */
  token: Record<string, unknown>
}

/** No request for a decision can be made of this message; the text names the expression or the place. */
export class MappingError extends Error {
  constructor(says: string) {
    super(`COAZ mapping error: ${says}`)
  }
}

const mostDepth = 16
const mostExpressions = 500
const longestExpression = 2000

// Who writes a mapping is the server that is to be guarded: its expressions are bounded, and see the two inputs and nothing else.
const language = new Environment({
  unlistedVariablesAreDyn: false,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 16 },
})
  .registerVariable('params', 'dyn')
  .registerVariable('token', 'dyn')

const compiled = new Map<string, (inputs: MappingInputs) => unknown>()

function compile(expression: string): (inputs: MappingInputs) => unknown {
  const known = compiled.get(expression)
  if (known) return known
  if (expression.length > longestExpression)
    throw new MappingError(`an expression is longer than ${longestExpression} characters`)
  const program = language.parse(expression)
  if (compiled.size >= mostExpressions) compiled.clear()
  const run = (inputs: MappingInputs) => program({ ...inputs })
  compiled.set(expression, run)
  return run
}

/**
 * Fills a template in: what begins with `$` is an expression (`$$` stands for `$`), all else is itself. What an optional selection
 * (`$token.?client_id`) does not find is left out.
 * @throws MappingError when an expression cannot be read or worked out
 */
export function resolveTemplate(template: unknown, inputs: MappingInputs, depth = 0): unknown {
  if (depth > mostDepth) throw new MappingError(`the mapping is deeper than ${mostDepth} levels`)
  if (typeof template === 'string') return resolveText(template, inputs)
  if (Array.isArray(template)) return template.map((each) => resolveTemplate(each, inputs, depth + 1))
  if (typeof template !== 'object' || template === null) return template
  const whole: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(template)) {
    const resolved = resolveTemplate(value, inputs, depth + 1)
    if (resolved !== undefined) whole[key] = resolved
  }
  return whole
}

function resolveText(text: string, inputs: MappingInputs): unknown {
  if (!text.startsWith('$')) return text
  if (text.startsWith('$$')) return text.slice(1)
  try {
    return plain(compile(text.slice(1))(inputs))
  } catch (cause) {
    if (cause instanceof MappingError) throw cause
    const says = cause instanceof Error ? cause.message.split('\n')[0] : 'it cannot be worked out'
    throw new MappingError(`expression '${text.slice(0, 200)}' failed: ${says}`)
  }
}

/** As JSON knows it: whole numbers of the language are wider than those of JSON. */
function plain(value: unknown): unknown {
  if (value instanceof Optional) return value.hasValue() ? plain(value.value()) : undefined
  if (typeof value === 'bigint') {
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
      throw new MappingError(`the number ${value} is too large`)
    return Number(value)
  }
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]))
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value
  throw new MappingError('an expression gave something that is no JSON')
}
