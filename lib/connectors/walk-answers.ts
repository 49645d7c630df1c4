type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object of the file, with where it stands. */
export interface Entry {
  value: Fields
  /** `$.data[3]` */
  at: string
  /** The keys that lead to it, outermost first: a list keyed by user id says whose entries they are. */
  keys: readonly string[]
}

export interface Walk {
  /** `true` = taken: what is inside is not looked into. */
  take: (entry: Entry) => boolean
  /** A list, or an entry of a list, of which nothing was taken. */
  leave?: (at: string, count: number) => void
}

/** Texts that hold a recorded answer: `{"body": {"string": "[…]"}}`. */
const recorded = new Set(['body', 'Body', 'string', 'text', 'content', 'responseBody', 'response_body'])

/** Every object of the value, outermost first, whatever it is wrapped in: lists, pages, envelopes, recorded answers. */
export function walkObjects(value: unknown, { take, leave }: Walk, start = '$'): void {
  const walk = (node: unknown, at: string, keys: readonly string[]): boolean => {
    if (Array.isArray(node)) return walkList(node, at, keys)
    if (!isFields(node)) return false
    if (take({ value: node, at, keys })) return true
    let taken = false
    for (const [key, child] of Object.entries(node)) {
      const inner = typeof child === 'string' && recorded.has(key) ? answerIn(child) : child
      if (typeof inner === 'object' && inner !== null)
        taken = walk(inner, placeOf(at, key), inner === child ? [...keys, key] : keys) || taken
    }
    return taken
  }
  const walkList = (nodes: unknown[], at: string, keys: readonly string[]): boolean => {
    const left: number[] = []
    for (const [index, item] of nodes.entries()) if (!walk(item, `${at}[${index}]`, keys)) left.push(index)
    if (left.length === nodes.length) {
      if (nodes.some(isFields)) leave?.(at, nodes.length)
      return false
    }
    for (const index of left) leave?.(`${at}[${index}]`, 1)
    return true
  }
  walk(value, start, [])
}

/** True when one of the first objects passes the test; looks at no more than `limit` of them. */
export function someObject(value: unknown, test: (entry: Entry) => boolean, limit = 400): boolean {
  let seen = 0
  let found = false
  walkObjects(value, {
    take: (entry) => {
      if (found || ++seen > limit) return true
      found = test(entry)
      return found
    },
  })
  return found
}

function placeOf(at: string, key: string): string {
  return /^[A-Za-z_]\w{0,80}$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key.slice(0, 120))}]`
}

/** A recorded answer's body, when it is JSON. */
function answerIn(body: string): unknown {
  if (!/^\s*[[{]/.test(body)) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
