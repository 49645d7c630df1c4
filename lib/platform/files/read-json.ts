import secureJsonParse from 'secure-json-parse'
import { cleanStrings } from './clean-strings'
import type { FileLimits } from './limits'
import { positionAt, refuseFile } from './refuse-file'
import { type JsonProblem, scanJson } from './scan-json'

/** An escape that may yield what the database cannot hold. */
const suspectEscape = /\\u(?:0000|[dD][89a-fA-F])/

/**
 * JSON, or JSON Lines as an array of its lines. Nesting, number of values and duplicate keys are checked before
 * anything is built; numbers beyond a double round as `JSON.parse` does.
 */
export function readJson(name: string, text: string, limits: FileLimits): unknown {
  const problem = scanJson(text, limits)
  if (problem === undefined) return parseChecked(name, text)
  if (problem.kind === 'trailing') {
    const lines = readLines(name, text, limits)
    if (lines !== undefined) return lines
    const values = readSeveral(name, text, limits)
    if (values !== undefined) return values
  }
  if (problem.kind === 'syntax' && '/}]'.includes(text[problem.offset] ?? ' ')) {
    const plain = blankComments(text)
    if (plain !== text && scanJson(plain, limits) === undefined) return parseChecked(name, plain)
  }
  throw refuse(name, text, problem)
}

/** Comments and commas before a closing bracket, as editors allow them in their settings, become blanks. */
function blankComments(text: string): string {
  const comment = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  const comma = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g
  const blank = (found: string) => (found.startsWith('"') ? found : found.replaceAll(/[^\n]/g, ' '))
  return text.replace(comment, blank).replace(comma, blank)
}

/** `undefined` when the first line is not a JSON value of its own, so that this is not JSON Lines. */
function readLines(name: string, text: string, limits: FileLimits): unknown[] | undefined {
  const values: unknown[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      const problem = scanJson(line, limits)
      if (problem !== undefined && values.length === 0) return undefined
      if (problem !== undefined) throw refuse(name, text, { ...problem, offset: problem.offset + offset })
      if (values.length >= limits.rows)
        throw refuseFile(name, `has more than ${limits.rows.toLocaleString('en')} lines`)
      values.push(parseChecked(name, line))
    }
    offset += line.length + 1
  }
  return values
}

/**
 * JSON values one after another, as several commands or pages write them into one file (`}{`, `][`); `undefined` when what follows
 * the first begins neither an object nor a list.
 */
function readSeveral(name: string, text: string, limits: FileLimits): unknown[] | undefined {
  const values: unknown[] = []
  for (let from = 0; from < text.length; ) {
    const rest = text.slice(from)
    if (!/^\s*[[{]/.test(rest)) return undefined
    const problem = scanJson(rest, limits)
    if (problem !== undefined && problem.kind !== 'trailing')
      throw refuse(name, text, { ...problem, offset: problem.offset + from })
    if (values.length >= limits.rows) throw refuseFile(name, `has more than ${limits.rows.toLocaleString('en')} values`)
    const end = problem?.offset ?? rest.length
    values.push(parseChecked(name, rest.slice(0, end)))
    from += end
  }
  return values
}

/** Parses text that `scanJson` found nothing wrong with. */
export function parseChecked(name: string, text: string): unknown {
  try {
    const value: unknown = secureJsonParse.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
    return suspectEscape.test(text) ? cleanStrings(value) : value
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw refuseFile(name, 'holds a forbidden key (__proto__ or constructor.prototype)')
    throw cause
  }
}

function refuse(name: string, text: string, problem: JsonProblem) {
  return refuseFile(name, problem.reason, positionAt(text, problem.offset))
}
