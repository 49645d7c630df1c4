import { type FilterKey, type FilterLanguage, keyOf, plainWord } from './filter-language'
import { printItem, readItem } from './filter-values'
import { type FilterItem, type FilterWord, nearestWord, quoteItem, splitFilterText } from './filter-words'

/** What is known of each filter's values; the options of the filter menus fit. `count`: how many rows it would leave. */
export type FilterOptions = Readonly<Record<string, readonly { value: string; label: string; count?: number }[]>>

export interface FilterSuggestion {
  kind: 'key' | 'value' | 'fix'
  /** Takes the place of `from`–`to`. */
  insert: string
  from: number
  to: number
  /** What it is, in words, where `insert` does not say it. */
  label?: string
  count?: number
  /** The word is whole with it, so that the filter can be applied. */
  isWhole: boolean
}

type Keys = Pick<FilterLanguage<object>, 'keys'>
const usualSpans = ['30d', '90d', '180d', '365d']
const mostOfAWord = 6

/** The value in which the caret stands, with its key. */
export function valueAt(language: Keys, text: string, caret: number): { key: FilterKey; item: FilterItem } | undefined {
  const word = wordAt(text, caret)
  const key = word?.key && caret > word.key.to ? keyOf(language, word.key.text) : undefined
  const item = key && word?.items.find(({ from, to }) => from <= caret && caret <= to)
  return item ? { key, item } : undefined
}

/** What could stand at the caret, best first: keys, then values; behind a colon the values of that key. */
export function suggestFilter(language: Keys, text: string, caret: number, options: FilterOptions): FilterSuggestion[] {
  const word = wordAt(text, caret)
  if (!word) return unusedKeys(language, text, caret)
  if (!word.key) {
    const [item] = word.items
    return item && !item.isQuoted ? byWord(language, item, options) : []
  }
  if (caret <= word.key.to) return matchingKeys(language, word.key.text, word.from, word.key.to + 1)
  const at = valueAt(language, text, caret)
  if (!keyOf(language, word.key.text)) return fixes(language, word, text)
  return at ? valuesOf(at.key, at.item, word, options) : []
}

function wordAt(text: string, caret: number): FilterWord | undefined {
  return splitFilterText(text).find(({ from, to }) => from < caret && caret <= to)
}

function unusedKeys(language: Keys, text: string, caret: number): FilterSuggestion[] {
  const isBeforeWord = caret < text.length && !/\s/u.test(text[caret] ?? '')
  const used = splitFilterText(text).map(({ key }) => key && keyOf(language, key.text)?.key)
  const left = language.keys.filter(({ key }) => !used.includes(key))
  return isBeforeWord ? [] : left.map((key) => suggestKey(key, caret, caret))
}

function suggestKey({ key, about }: FilterKey, from: number, to: number): FilterSuggestion {
  return { kind: 'key', insert: `${key}:`, from, to, label: about, isWhole: false }
}

function matchingKeys(language: Keys, text: string, from: number, to: number): FilterSuggestion[] {
  const asked = plainWord(text)
  const ranked = language.keys.map((key) => {
    const called = [key.key, ...key.aliases]
    const rank = called.some((name) => name.startsWith(asked)) ? 0 : called.some((name) => name.includes(asked)) ? 1 : 2
    return { key, rank }
  })
  const hits = ranked.filter(({ rank }) => rank < (asked.length > 1 ? 2 : 1))
  return hits.toSorted((a, b) => a.rank - b.rank).map(({ key }) => suggestKey(key, from, to))
}

/** A free word may be the beginning of a key, or a value of one. */
function byWord(language: Keys, item: FilterItem, options: FilterOptions): FilterSuggestion[] {
  const keys = matchingKeys(language, item.text, item.from, item.to)
  if (item.text.length < 2) return keys
  const values = language.keys.flatMap((key) =>
    candidatesOf(key, options)
      .filter((candidate) => !candidate.isSpan && rankOf(candidate, item.text) < 3)
      .map((candidate) => {
        const insert = `${key.key}:${printItem(key, candidate.name, candidate.value, options)}`
        return { ...asValue(candidate, insert, item), rank: rankOf(candidate, item.text) }
      }),
  )
  const best = values.toSorted((a, b) => a.rank - b.rank || (b.count ?? 0) - (a.count ?? 0)).slice(0, mostOfAWord)
  return [...keys, ...best.map(({ rank: _rank, ...suggestion }) => suggestion)]
}

/** A word with a key that does not exist: another key, or the text as it stands. */
function fixes(language: Keys, word: FilterWord, text: string): FilterSuggestion[] {
  const asked = word.key?.text ?? ''
  const near = nearestWord(
    asked,
    language.keys.flatMap(({ key, aliases }) => [key, ...aliases]),
  )
  const key = near === undefined ? undefined : keyOf(language, near)
  const quoted: FilterSuggestion = {
    kind: 'fix',
    insert: quoteItem(text.slice(word.from, word.to).replaceAll('"', '')),
    from: word.from,
    to: word.to,
    label: 'search for the text itself',
    isWhole: true,
  }
  return key && word.key ? [suggestKey(key, word.key.from, word.key.to + 1), quoted] : [quoted]
}

interface Candidate {
  name: string
  value: string
  label?: string
  count?: number
  isSpan?: boolean
}

function candidatesOf(key: FilterKey, options: FilterOptions): Candidate[] {
  const { name, values } = key
  const known = options[name] ?? []
  const find = (value: string) => known.find((option) => option.value === value)
  const isCounted = known.some(({ count }) => count !== undefined)
  const of = (value: string): Candidate => {
    const option = find(value)
    return { name, value, label: option?.label, count: option?.count ?? (isCounted && !option ? 0 : undefined) }
  }
  if (values.kind === 'choice') {
    const labels = values.labels === undefined ? [] : (options[values.labels] ?? [])
    const others = labels.map(({ value, label, count }) => ({ name: values.labels ?? '', value, label, count }))
    return [...values.words.map(of), ...others]
  }
  if (values.kind === 'span') {
    const given = known.map(({ value }) => value).filter((value) => /^\d+d$/.test(value))
    const spans = given.length > 0 ? given : usualSpans
    return [
      ...spans.map((value) => ({ name, value, label: find(value)?.label, count: find(value)?.count, isSpan: true })),
      ...values.words.map((value) => ({ ...of(value), count: find(value)?.count })),
    ]
  }
  if (values.kind === 'figure') {
    const given = known.length > 0 ? known.map(({ value }) => value) : []
    return [...given, ...values.words.filter((word) => !given.includes(word))].map((value) => ({
      ...of(value),
      count: find(value)?.count,
    }))
  }
  return known.map(({ value, label, count }) => ({ name, value, label, count }))
}

/** 0: the value begins so; 1: its label does, or a word of it; 2: it is somewhere in there; 3: not at all. */
function rankOf({ value, label = '' }: Candidate, text: string): number {
  const asked = plainWord(text)
  const called = plainWord(label)
  if (asked === '' || plainWord(value).startsWith(asked)) return 0
  if (`_${called}`.includes(`_${asked}`) || plainWord(value).includes(`_${asked}`)) return 1
  return called.includes(asked) || plainWord(value).includes(asked) ? 2 : 3
}

function asValue(candidate: Candidate, insert: string, { from, to }: FilterItem): FilterSuggestion {
  const { label, count } = candidate
  const isSaid = label === undefined || plainWord(insert).includes(plainWord(label))
  return {
    kind: 'value',
    insert,
    from,
    to,
    isWhole: true,
    ...(isSaid ? {} : { label }),
    ...(count === undefined ? {} : { count }),
  }
}

function valuesOf(key: FilterKey, item: FilterItem, word: FilterWord, options: FilterOptions): FilterSuggestion[] {
  const chosen = word.items
    .filter((other) => other !== item && other.from !== item.from)
    .map((other) => readItem(key, other, options))
    .flatMap((read) => ('value' in read ? [read.value] : []))
  const isSpan = key.values.kind === 'span'
  const asked = isSpan ? item.text.replace(/^[<>]/, '') : item.text
  const ranked = candidatesOf(key, options)
    .filter(({ value }) => !chosen.includes(value))
    .map((candidate) => ({ candidate, rank: rankOf(candidate, asked) }))
    .filter(({ rank }) => rank < 3)
  const sorted = ranked.toSorted((a, b) => a.rank - b.rank || (asked === '' || isSpan ? 0 : byCount(a, b)))
  const known = sorted.map(({ candidate }) =>
    asValue(candidate, printItem(key, candidate.name, candidate.value, options), item),
  )
  return [...spansOf(key, asked, item), ...known].filter(
    (suggestion, index, all) => all.findIndex(({ insert }) => insert === suggestion.insert) === index,
  )
}

function byCount(a: { candidate: Candidate }, b: { candidate: Candidate }): number {
  return (b.candidate.count ?? 0) - (a.candidate.count ?? 0)
}

/** A bare number wants its unit. */
function spansOf({ values }: FilterKey, asked: string, { from, to }: FilterItem): FilterSuggestion[] {
  if (values.kind !== 'span' || !/^[1-9]\d{0,3}$/.test(asked)) return []
  const units = { d: 'days', w: 'weeks', m: 'months of 30 days', y: 'years of 365 days' }
  return Object.entries(units)
    .filter(([unit]) => unit !== 'y' || Number(asked) < 28)
    .map(([unit, words]) => ({
      kind: 'value',
      insert: `${values.sign}${asked}${unit}`,
      label: `${asked} ${words}`,
      from,
      to,
      isWhole: true,
    }))
}
