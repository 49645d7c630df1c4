import type { Fields } from './fields'

/** Deeper than this a flattened path is cut: no provider nests so far. */
const deepest = 12

/**
 * The attributes of a version 3 state as an object. There they are one level of texts: `tags.%`, `tags.team`, `users.#`,
 * `users.0`, `statement.1234567.actions.#`. Where a `#` stands the entries are a list (the numbers may be hashes), where a `%`
 * stands they are a map whose keys may hold dots.
 */
export function unflatten(flat: Fields): Fields {
  return readObject(
    Object.entries(flat).map(([key, value]) => ({ rest: key, value })),
    0,
  )
}

interface Entry {
  rest: string
  value: unknown
}

function readObject(entries: Entry[], depth: number): Fields {
  const heads = new Map<string, Entry[]>()
  for (const { rest, value } of entries) {
    const dot = rest.indexOf('.')
    const head = dot < 0 ? rest : rest.slice(0, dot)
    const inner = heads.get(head) ?? []
    inner.push({ rest: dot < 0 ? '' : rest.slice(dot + 1), value })
    heads.set(head, inner)
  }
  return Object.fromEntries([...heads].map(([head, inner]) => [head, readValue(inner, depth + 1)]))
}

function readValue(entries: Entry[], depth: number): unknown {
  const whole = entries.find(({ rest }) => rest === '')
  if (whole !== undefined) return whole.value
  if (depth > deepest) return undefined
  const inner = entries.filter(({ rest }) => rest !== '#' && rest !== '%')
  if (entries.some(({ rest }) => rest === '%')) {
    return Object.fromEntries(inner.map(({ rest, value }) => [rest, value]))
  }
  const object = readObject(inner, depth)
  if (!entries.some(({ rest }) => rest === '#')) return object
  const numbers = Object.keys(object).sort((a, b) => Number(a) - Number(b))
  return numbers.map((number) => object[number])
}
