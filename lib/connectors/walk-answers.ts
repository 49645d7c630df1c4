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

/** Where answers say that more pages follow: `nextPageToken`, `metadata.nextCursor`, `has_more` and the like. */
const followers = ['nextPageToken', 'next_page_token', 'nextCursor', 'next_cursor']
const holders = ['metadata', 'response_metadata', 'pagination', 'meta']

function goesOn(page: Fields): boolean {
  const { has_more: hasMore, result_info: info } = page
  if (hasMore === true || hasMore === 'true') return true
  if (isFields(info) && typeof info.page === 'number' && typeof info.total_pages === 'number')
    return info.page < info.total_pages
  return [page, ...holders.map((key) => page[key])].some(
    (place) => isFields(place) && followers.some((key) => typeof place[key] === 'string' && place[key] !== ''),
  )
}

/** The same for pages of one listing: the names of their fields and of those of their first entry. */
function likenessOf(page: Fields): string {
  const rows = Object.values(page).find((value): value is unknown[] => Array.isArray(value) && value.length > 0)
  const [first] = rows ?? []
  const names = (fields: Fields) => Object.keys(fields).filter((key) => !followers.includes(key))
  return JSON.stringify([names(page).sort(), isFields(first) ? [first.object, ...names(first).sort()] : typeof first])
}

/** Answers that say of themselves that more follows, where no further page of the same listing is in the file. */
export function unfinishedPages(roots: readonly { value: unknown; at: string }[]): { at: string; reason: string }[] {
  const pages: { at: string; page: Fields }[] = []
  const look = (value: unknown, at: string, depth: number): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, `${at}[${index}]`, depth + 1)
    else if (isFields(value)) {
      pages.push({ at, page: value })
      if (depth > 2) return
      for (const [key, child] of Object.entries(value))
        if (isFields(child) && !holders.includes(key)) look(child, placeOf(at, key), depth + 1)
    }
  }
  // Entries of a listing are no pages: only what stands above them is looked at.
  for (const { value, at } of roots) look(value, at, 0)
  const open = pages.map((each, index) => ({ ...each, index })).filter(({ page }) => goesOn(page))
  if (open.length === 0) return []
  const likeness = pages.map(({ page }) => likenessOf(page))
  return open
    .filter(({ index }) => !likeness.includes(likeness[index] ?? '', index + 1))
    .map(({ at }) => ({ at, reason: 'the list goes on, and its further pages are not in the file' }))
}
