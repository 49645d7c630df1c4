import {
  type FilterError,
  type FilterKey,
  type FilterLanguage,
  type FilterNames,
  keyOf,
  type ParsedFilter,
  plainWord,
} from './filter-language'
import { allowed, printItem, readItem } from './filter-values'
import { type FilterItem, type FilterWord, nearestWord, quoteItem, splitFilterText } from './filter-words'
import { looksSecret } from './secret-shape'

type Value = string | string[]
type Keys = Pick<FilterLanguage<object>, 'keys'>
const mostValues = 50
/** What one parameter of an address may hold, see `listOf`. */
const mostCharacters = 2000

/** The filter that a text says, or everything that is wrong with it. Without a word the filter is empty. */
export function parseFilter<Filter extends object>(
  language: FilterLanguage<Filter>,
  text: string,
  names: FilterNames = {},
): ParsedFilter<Filter> {
  const errors: FilterError[] = []
  const found = new Map<string, Value>()
  const free: FilterItem[] = []
  for (const word of splitFilterText(text)) {
    const fail: Fail = (at, message, hint, fix) => {
      errors.push({ from: at.from, to: at.to, message, hint, word, ...(fix === undefined ? {} : { fix }) })
    }
    if (word.openQuoteAt !== undefined) {
      fail({ from: word.openQuoteAt, to: word.to }, 'This quote is not closed.', 'Put a " at the end of the name.')
    } else if (word.key) readKeyed(language, word, names, found, fail)
    else free.push(...word.items)
  }
  const q = free
    .map((item) => item.text)
    .join(' ')
    .trim()
  const [first, last] = [free[0], free.at(-1)]
  if (q.length > language.words.maxLength && first && last) {
    const span = { from: first.from, to: last.to }
    const message = `These words are longer than ${language.words.maxLength} characters.`
    errors.push({ ...span, message, hint: 'Search for fewer words.', word: span })
  }
  for (const item of free.filter(({ text }) => looksSecret(text))) {
    const span = { from: item.from, to: item.to }
    const hint = 'Take it out, and ask “Whose key is this?”: there it becomes a fingerprint and is kept nowhere.'
    errors.push({
      ...span,
      message: 'This looks like a secret. It was not searched for.',
      hint,
      word: span,
      isFinal: true,
    })
  }
  if (errors.length > 0) return { errors }
  if (q !== '') found.set(language.words.name, q)
  return { filter: Object.fromEntries(found) as Filter }
}

/** From so many characters on, a word that a key begins with is taken for that key. */
const leastOfKey = 3

/** The text without a last word that is the beginning of a key: whoever writes `owne` does not look for that in names, yet. */
export function withoutHalfKey({ keys }: Keys, text: string): string {
  const last = splitFilterText(text).at(-1)
  const [item] = last?.items ?? []
  if (!last || last.key || last.to !== text.length || last.items.length !== 1 || !item || item.isQuoted) return text
  const begun = plainWord(item.text)
  return begun.length >= leastOfKey && keys.some(({ key }) => key.startsWith(begun)) ? text.slice(0, last.from) : text
}

type Fail = (at: { from: number; to: number }, message: string, hint: string, fix?: string) => void

function readKeyed(language: Keys, word: FilterWord, names: FilterNames, found: Map<string, Value>, fail: Fail): void {
  const asked = word.key
  if (!asked) return
  const key = keyOf(language, asked.text)
  if (!key) {
    failUnknownKey(language, asked, fail)
    return
  }
  const isEmpty = (item: FilterItem) => item.text === '' && !item.isQuoted
  // Said once, where the first of them is missing: of several from the comma on, of one alone from the name of the filter on.
  const empty = word.items.find(isEmpty)
  if (empty) {
    const from = word.items.length === 1 ? word.from : word.items[0] === empty ? empty.from : empty.from - 1
    fail({ from, to: Math.max(empty.to, from + 1) }, `${key.key}: wants a value.`, allowed(key, names))
  }
  for (const item of word.items) {
    if (isEmpty(item)) continue
    const read = readItem(key, item, names)
    if ('message' in read) {
      fail(item, read.message, read.hint, read.fix)
      continue
    }
    const problem = add(key, read, found)
    if (problem) fail(item, problem, 'Take one of them away.')
  }
}

function failUnknownKey(language: Keys, asked: { text: string; from: number; to: number }, fail: Fail): void {
  if (/^[-!]/.test(asked.text) && keyOf(language, asked.text.slice(1))) {
    fail(asked, 'A filter cannot be turned round.', 'Choose the values that you want instead.')
    return
  }
  const keys = language.keys.map(({ key }) => key)
  const near = nearestWord(asked.text, [...keys, ...language.keys.flatMap(({ aliases }) => aliases)])
  const meant = near === undefined ? undefined : keyOf(language, near)?.key
  const known = keys.join(', ').replace(/, ([^,]*)$/, ' and $1')
  const guess = meant === undefined ? `Known are ${known}.` : `Did you mean ${meant}?`
  const hint = `${guess} To search for the text itself, put it in quotes.`
  fail(asked, `There is no filter “${asked.text}”.`, hint, meant)
}

/** Puts a value where it belongs; says what is wrong when there are too many. */
function add(key: FilterKey, { name, value }: { name: string; value: string }, found: Map<string, Value>) {
  const before = found.get(name)
  if (
    key.values.kind === 'span' ||
    key.values.kind === 'figure' ||
    (key.values.kind === 'named' && key.values.isSingle)
  ) {
    if (before !== undefined && before !== value) return `${key.key} takes one value and has another already.`
    found.set(name, value)
    return undefined
  }
  const list = Array.isArray(before) ? before : []
  if (list.includes(value)) return undefined
  if (list.length >= mostValues) return `${key.key} takes at most ${mostValues} values.`
  const length = [...list, value].join(',').replaceAll(/[%,]/g, '%00').length
  if (length > mostCharacters) return `The values of ${key.key} are too long together.`
  found.set(name, [...list, value])
  return undefined
}

/**
 * The canonical text of a filter: keys in the language's order, then free words. What is not a filter of the language
 * (sort, cursor) is left out. `parseFilter` of it, with the same names, gives the filter back.
 */
export function printFilter<Filter extends object>(
  language: FilterLanguage<Filter>,
  filter: Filter,
  names: FilterNames = {},
): string {
  const given = new Map(Object.entries(filter))
  const words: string[] = []
  for (const key of language.keys) {
    const own = valuesOf(given.get(key.name)).map((value) => printItem(key, key.name, value, names))
    const labels = key.values.kind === 'choice' ? key.values.labels : undefined
    const others = labels === undefined ? [] : valuesOf(given.get(labels))
    const items = [...own, ...others.map((value) => printItem(key, labels ?? '', value, names))]
    if (items.length > 0) words.push(`${key.key}:${items.join(',')}`)
  }
  const [q] = valuesOf(given.get(language.words.name))
  if (q !== undefined) words.push(printWords(q))
  return words.join(' ')
}

function valuesOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** Free words, each in quotes if it would be read as something else; all in one pair if the spaces between are unusual. */
function printWords(q: string): string {
  const parts = q.split(' ')
  if (parts.some((part) => part === '')) return quoteItem(q)
  return parts.map((part) => (/[\s":]/u.test(part) ? quoteItem(part) : part)).join(' ')
}

/** A new text in which the words with errors are kept, for people to mend; an empty text stays empty. */
export function keepBroken(printed: string, text: string, errors: readonly FilterError[]): string {
  if (printed === '') return ''
  const broken = new Map(errors.map(({ word }) => [word.from, text.slice(word.from, word.to)]))
  return [printed, ...broken.values()].join(' ')
}
