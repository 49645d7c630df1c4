/** The words of a filter's text: `kind:bot,workload source:"Old account" free words`. Columns count from 0, ends are excluded. */

interface Span {
  from: number
  to: number
}

/** One of the values behind a colon; commas separate them. */
export interface FilterItem extends Span {
  /** Without quotes and escapes. */
  text: string
  /** Any part of it stood in quotes: it is meant literally. */
  isQuoted: boolean
}

export interface FilterWord extends Span {
  /** Set when the word has a colon outside of quotes: what is before it. */
  key?: Span & { text: string }
  /** The values; a word without a key is one item. */
  items: FilterItem[]
  /** Where a quote begins that nothing ends. */
  openQuoteAt?: number
}

const isSpace = (character: string | undefined) => character !== undefined && /\s/u.test(character)

/** Cuts a text into words. Never fails: what is wrong with a word is for the reader of the words to say. */
export function splitFilterText(text: string): FilterWord[] {
  const words: FilterWord[] = []
  let at = 0
  while (at < text.length) {
    if (isSpace(text[at])) {
      at += 1
      continue
    }
    const word = readWord(text, at)
    words.push(word)
    at = word.to
  }
  return words
}

function readWord(text: string, from: number): FilterWord {
  const key = /^([^\s":,]+):/u.exec(text.slice(from))?.[1]
  const keyEnd = from + (key?.length ?? 0)
  const items: FilterItem[] = []
  let at = key === undefined ? from : keyEnd + 1
  let openQuoteAt: number | undefined
  let item: FilterItem = { text: '', isQuoted: false, from: at, to: at }
  while (at < text.length && !isSpace(text[at])) {
    const character = text[at] ?? ''
    if (character === '"') {
      const quoted = readQuoted(text, at)
      if (!quoted.isClosed) openQuoteAt = at
      item.text += quoted.text
      item.isQuoted = true
      at = quoted.to
    } else if (character === ',' && key !== undefined) {
      items.push({ ...item, to: at })
      at += 1
      item = { text: '', isQuoted: false, from: at, to: at }
    } else {
      item.text += character
      at += 1
    }
  }
  items.push({ ...item, to: at })
  return {
    from,
    to: at,
    items,
    ...(key === undefined ? {} : { key: { text: key, from, to: keyEnd } }),
    ...(openQuoteAt === undefined ? {} : { openQuoteAt }),
  }
}

/** From the quote at `from`; a backslash makes the character after it literal. */
function readQuoted(text: string, from: number): { text: string; to: number; isClosed: boolean } {
  let read = ''
  let at = from + 1
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '"') return { text: read, to: at + 1, isClosed: true }
    if (character === '\\' && at + 1 < text.length) at += 1
    read += text[at] ?? ''
    at += 1
  }
  return { text: read, to: at, isClosed: false }
}

/** A text as one literal item: `"Old \"account\""`. */
export function quoteItem(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** Whether a text stays one item, the same one, without quotes. */
export function isBareItem(text: string): boolean {
  return text !== '' && !/[\s",:]/u.test(text)
}

/** A word or two for people: `read, write or admin`. */
export function orList(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

/** The one of `choices` that was probably meant: it begins so, or differs by few letters. None when nothing is near. */
export function nearestWord(word: string, choices: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]+/g, '_')
  const asked = plain(word)
  if (asked === '') return undefined
  const begun = choices.filter((choice) => plain(choice).startsWith(asked))
  if (begun.length === 1 && asked.length > 1) return begun[0]
  const reach = Math.max(1, Math.floor(asked.length / 3))
  const ranked = choices
    .map((choice) => ({ choice, distance: editDistance(asked, plain(choice)) }))
    .filter(({ distance }) => distance <= reach)
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.choice
}

/** Insertions, deletions, replacements and exchanges of neighbours that make `b` of `a`; texts over 60 letters are cut. */
function editDistance(left: string, right: string): number {
  const [a, b] = [left.slice(0, 60), right.slice(0, 60)]
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const cell = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i])
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const best = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + cost)
      rows[i]?.push(isSwap ? Math.min(best, cell(i - 2, j - 2) + 1) : best)
    }
  }
  return cell(a.length, b.length)
}
