import type { FileLimits } from './limits'

export interface JsonProblem {
  kind: 'syntax' | 'truncated' | 'trailing' | 'duplicate' | 'limit'
  offset: number
  reason: string
}

/** Keys of larger objects are not compared: the memory for it would be the attack. */
const comparedKeys = 10_000

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literals = ['true', 'false', 'null']

interface Frame {
  object: boolean
  keys: Set<string> | undefined
}

/**
 * Reads JSON (RFC 8259) once, without recursion and without building anything, and returns its first problem:
 * syntax with its exact place, nesting, number of values, a key given twice. `undefined` = `JSON.parse` will succeed.
 */
export function scanJson(text: string, limits: Pick<FileLimits, 'depth' | 'values'>): JsonProblem | undefined {
  const stack: Frame[] = []
  let expect: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma-or-end' | 'done' = 'value'
  let values = 0
  let i = 0
  const length = text.length
  for (;;) {
    while (i < length && isSpace(text.charCodeAt(i))) i++
    if (i >= length) {
      if (expect === 'done') return undefined
      return { kind: 'truncated', offset: length, reason: 'ends before its JSON does; it is probably truncated' }
    }
    const char = text[i] ?? ''
    const frame = stack[stack.length - 1]
    if (expect === 'done')
      return { kind: 'trailing', offset: i, reason: 'has something after the end of its JSON value' }
    if (expect === 'comma-or-end') {
      if (char === ',') {
        expect = frame?.object ? 'key' : 'value'
        i++
      } else if (char === (frame?.object ? '}' : ']')) {
        stack.pop()
        expect = stack.length === 0 ? 'done' : 'comma-or-end'
        i++
      } else return unexpected(text, i, frame?.object ? '"," or "}"' : '"," or "]"')
      continue
    }
    if (expect === 'key' || expect === 'key-or-end') {
      if (char === '}' && expect === 'key-or-end') {
        stack.pop()
        expect = stack.length === 0 ? 'done' : 'comma-or-end'
        i++
        continue
      }
      if (char !== '"') return unexpected(text, i, 'a key in double quotes')
      const end = stringEnd(text, i)
      if (typeof end !== 'number') return end
      if (repeats(frame, text.slice(i, end))) {
        return {
          kind: 'duplicate',
          offset: i,
          reason: `gives the key ${text.slice(i, Math.min(end, i + 60))} twice in one object`,
        }
      }
      i = end
      while (i < length && isSpace(text.charCodeAt(i))) i++
      if (i < length && text[i] !== ':') return unexpected(text, i, '":"')
      i++
      expect = 'value'
      continue
    }
    if (char === ']' && expect === 'value-or-end') {
      stack.pop()
      expect = stack.length === 0 ? 'done' : 'comma-or-end'
      i++
      continue
    }
    if (++values > limits.values) {
      return { kind: 'limit', offset: i, reason: `holds more than ${limits.values.toLocaleString('en')} values` }
    }
    if (char === '{' || char === '[') {
      if (stack.length >= limits.depth) {
        return { kind: 'limit', offset: i, reason: `is nested deeper than ${limits.depth} levels` }
      }
      stack.push({ object: char === '{', keys: undefined })
      expect = char === '{' ? 'key-or-end' : 'value-or-end'
      i++
      continue
    }
    const end = char === '"' ? stringEnd(text, i) : scalarEnd(text, i)
    if (typeof end !== 'number') return end
    i = end
    expect = stack.length === 0 ? 'done' : 'comma-or-end'
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

function unexpected(text: string, offset: number, wanted: string): JsonProblem {
  if (offset + 3 >= text.length && /^[-+.eE\d]{1,3}$/.test(text.slice(offset))) {
    return { kind: 'truncated', offset: text.length, reason: 'ends inside a number; it is probably truncated' }
  }
  const found = JSON.stringify(text[offset] ?? '')
  return { kind: 'syntax', offset, reason: `is not valid JSON: found ${found} where ${wanted} belongs` }
}

/** Offset after the closing quote. `from` is the opening one. */
function stringEnd(text: string, from: number): number | JsonProblem {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) return i + 1
    if (code < 32)
      return {
        kind: 'syntax',
        offset: i,
        reason: 'is not valid JSON: a line break or control character inside a string',
      }
    if (code !== 92) continue
    const letter = text[i + 1] ?? ''
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(i + 2, i + 6))) i += 5
    else if (letter !== '' && '"\\/bfnrt'.includes(letter)) i++
    else if (i + 6 >= text.length) break
    else return { kind: 'syntax', offset: i, reason: 'is not valid JSON: an unknown escape inside a string' }
  }
  return { kind: 'truncated', offset: text.length, reason: 'ends inside a string; it is probably truncated' }
}

function scalarEnd(text: string, from: number): number | JsonProblem {
  for (const literal of literals) if (text.startsWith(literal, from)) return from + literal.length
  number.lastIndex = from
  const match = number.exec(text)
  if (match !== null) return from + match[0].length
  const rest = text.slice(from, from + 5)
  if (from + rest.length === text.length && literals.some((literal) => literal.startsWith(rest))) {
    return { kind: 'truncated', offset: text.length, reason: 'ends inside a value; it is probably truncated' }
  }
  return unexpected(text, from, 'a value')
}

/** Notes a key of the object and tells whether it was there before. `quoted` is the key as written, quotes included. */
function repeats(frame: Frame | undefined, quoted: string): boolean {
  if (frame === undefined) return false
  frame.keys ??= new Set()
  if (frame.keys.size >= comparedKeys) return false
  const key = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
  if (frame.keys.has(key)) return true
  frame.keys.add(key)
  return false
}
