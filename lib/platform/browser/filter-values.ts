import { type FilterKey, type FilterNames, plainWord } from './filter-language'
import { type FilterItem, isBareItem, nearestWord, orList, quoteItem } from './filter-words'

/** What one value behind a colon means, and how a value is written there. */

const mostDays = 9999
const daysIn = { d: 1, w: 7, m: 30, y: 365 } as const
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const same = (left: string, right: string) => left.trim().toLowerCase() === right.trim().toLowerCase()

type ReadItem = { name: string; value: string } | { message: string; hint: string; fix?: string }

/** Reads one value with what is known by name; an unknown one comes with what is allowed and what is near. */
export function readItem(key: FilterKey, item: Pick<FilterItem, 'text' | 'isQuoted'>, names: FilterNames): ReadItem {
  const { values, name } = key
  if (values.kind === 'choice') return readChoice(key, values, item, names)
  if (values.kind === 'span') return readSpan(key, values, item)
  if (values.kind === 'figure') return readFigure(key, values, item)
  if (values.kind === 'named') return readNamed(key, item, names)
  if (item.text.length > values.maxLength || item.text === '') {
    return { message: `A value of ${key.key} has 1 to ${values.maxLength} characters.`, hint: allowed(key, names) }
  }
  if (item.isQuoted) return { name, value: item.text }
  const known = names[name]?.map(({ value }) => value) ?? []
  const exact = known.find((value) => value === item.text) ?? known.find((value) => same(value, item.text))
  const synonym = Object.hasOwn(values.synonyms, plainWord(item.text))
    ? values.synonyms[plainWord(item.text)]
    : undefined
  return { name, value: exact ?? synonym ?? item.text }
}

function readChoice(
  key: FilterKey,
  { words, labels }: { words: readonly string[]; labels?: string },
  { text, isQuoted }: Pick<FilterItem, 'text' | 'isQuoted'>,
  names: FilterNames,
): ReadItem {
  if (labels !== undefined && (isQuoted || text.includes('@'))) return readLabel(key, labels, text)
  const value = words.find((choice) => choice === plainWord(text))
  if (value !== undefined) return { name: key.name, value }
  if (labels !== undefined) {
    const known = names[labels]?.find(({ label }) => same(label, text))
    if (known) return { name: labels, value: known.value }
  }
  const fix = nearestWord(text, words)
  const guess = fix === undefined ? '' : `Did you mean ${fix}? `
  const message = labels === undefined ? `“${text}” is no ${key.key}.` : `${key.key} has no value “${text}”.`
  return {
    message,
    hint: guess + allowed(key, names),
    fix: fix ?? (labels === undefined ? undefined : quoteItem(text)),
  }
}

function readLabel(key: FilterKey, name: string, text: string): ReadItem {
  const value = text.trim()
  if (value !== '' && value.length <= 200) return { name, value }
  return { message: `A name behind ${key.key}: has 1 to 200 characters.`, hint: `Write ${key.key}:"a name".` }
}

function readNamed(key: FilterKey, { text }: Pick<FilterItem, 'text'>, names: FilterNames): ReadItem {
  if (uuid.test(text)) return { name: key.name, value: text.toLowerCase() }
  const known = names[key.name] ?? []
  const exact = known.filter(({ label }) => label === text)
  const hits = exact.length > 0 ? exact : known.filter(({ label }) => same(label, text))
  const [hit] = hits
  if (hit && hits.length === 1) return { name: key.name, value: hit.value }
  if (hit) {
    return { message: `${hits.length} are called “${text}”.`, hint: 'Choose one from the suggestions.', fix: hit.value }
  }
  const labels = known.map(({ label }) => label)
  const near = nearestWord(text, labels)
  const guess = near === undefined ? '' : `Did you mean ${itemText(near)}? `
  const fix = near === undefined ? undefined : itemText(near)
  return { message: `There is no ${key.key} called “${text}”.`, hint: guess + allowed(key, names), fix }
}

function readSpan(
  key: FilterKey,
  { sign, words }: { sign: '<' | '>'; words: readonly string[] },
  { text }: Pick<FilterItem, 'text'>,
): ReadItem {
  const word = words.find((choice) => choice === plainWord(text))
  if (word !== undefined) return { name: key.name, value: word }
  const [, given = '', digits = '', unit = ''] = /^([<>]?)(\d{1,6})([a-z]?)$/i.exec(text.trim()) ?? []
  const hint = allowed(key, {})
  if (digits === '') {
    const fix = nearestWord(text, words)
    return { message: `“${text}” is no length of time.`, hint: (fix ? `Did you mean ${fix}? ` : '') + hint, fix }
  }
  const perUnit = Object.entries(daysIn).find(([letter]) => letter === unit.toLowerCase())?.[1]
  if (perUnit === undefined) {
    const message = unit === '' ? `Days, weeks, months or years?` : `“${unit}” is no unit of time.`
    return { message, hint, fix: `${sign}${digits}d` }
  }
  const days = Number(digits) * perUnit
  if (days < 1 || days > mostDays) return { message: `Use 1 to ${mostDays} days.`, hint }
  if (given !== '' && given !== sign) {
    const other = sign === '>' ? 'only asks for longer ago' : 'only asks for within'
    return { message: `${key.key} ${other}.`, hint, fix: `${sign}${digits}${unit}` }
  }
  return { name: key.name, value: `${days}d` }
}

/** A bound is kept as `60` (over 60) or as a range from 0; a range as `40-50`. */
function readFigure(
  key: FilterKey,
  { max, words }: { max: number; words: readonly string[] },
  { text }: Pick<FilterItem, 'text'>,
): ReadItem {
  const { name } = key
  const word = words.find((choice) => choice === plainWord(text))
  if (word !== undefined) return { name, value: word }
  const hint = allowed(key, {})
  const [, sign = '', one = '', other] = /^([<>]?)(\d{1,6})(?:-(\d{1,6}))?$/.exec(text.trim()) ?? []
  if (one === '' || (sign !== '' && other !== undefined)) {
    const fix = nearestWord(text, words)
    return { message: `“${text}” is no number.`, hint: (fix ? `Did you mean ${fix}? ` : '') + hint, fix }
  }
  const from = Number(one)
  const to = other === undefined ? undefined : Number(other)
  if (Math.max(from, to ?? 0) > max) return { message: `Use numbers from 0 to ${max}.`, hint }
  if (to !== undefined) {
    if (from < to) return { name, value: `${from}-${to}` }
    return { message: 'A range begins with the smaller number.', hint, fix: from > to ? `${to}-${from}` : `>${from}` }
  }
  if (sign === '<') {
    return from > 0 ? { name, value: `0-${from}` } : { message: 'Nothing is below 0.', hint }
  }
  return from < max ? { name, value: String(from) } : { message: `Nothing is over ${max}.`, hint }
}

/** What may stand behind a key, as a sentence. */
export function allowed(key: FilterKey, names: FilterNames): string {
  const { values } = key
  if (values.kind === 'choice') {
    const list = `${orList(values.words)}${values.labels === undefined ? '' : `, or a name in quotes`}`
    return `Allowed: ${list}.`
  }
  if (values.kind === 'span') {
    const list = [`${values.sign}90d`, `${values.sign}12w`, `${values.sign}6m`, `${values.sign}1y`, ...values.words]
    return `Write ${orList(list)}.`
  }
  if (values.kind === 'figure') {
    return `Write ${orList(['>60', '<30', '40-50', ...values.words])}, with numbers from 0 to ${values.max}.`
  }
  const known = (names[key.name] ?? []).map(({ label }) => itemText(label)).slice(0, 8)
  if (known.length > 0) return `Known: ${known.join(', ')}${(names[key.name]?.length ?? 0) > 8 ? ' …' : '.'}`
  return values.kind === 'named' ? 'Write its name or its id.' : 'Write a name, in quotes if it has a space.'
}

function itemText(text: string): string {
  return isBareItem(text) ? text : quoteItem(text)
}

/** The shortest way to write a value that is read as the same value. */
export function printItem(key: FilterKey, name: string, value: string, names: FilterNames): string {
  const label = names[name]?.find((known) => known.value === value)?.label
  const isSpan = key.values.kind === 'span' && /^\d+d$/.test(value)
  const bare = isSpan && key.values.kind === 'span' ? [`${key.values.sign}${value}`] : figureWays(key, value)
  const called = key.values.kind === 'named' && label !== undefined ? [label] : []
  const ways = [...bare, ...called, value].flatMap((text) => [
    ...(isBareItem(text) && !(name !== key.name && !text.includes('@')) ? [{ text, isQuoted: false }] : []),
    ...(isSpan ? [] : [{ text, isQuoted: true }]),
  ])
  const way = ways.find((item) => {
    const read = readItem(key, item, names)
    return 'value' in read && read.value === value && read.name === name
  })
  if (!way) return quoteItem(value)
  return way.isQuoted ? quoteItem(way.text) : way.text
}

/** `60` is written with its sign, and a range from 0 as what it stays below. */
function figureWays({ values }: FilterKey, value: string): string[] {
  if (values.kind !== 'figure') return []
  if (/^\d+$/.test(value)) return [`>${value}`]
  const below = /^0-(\d+)$/.exec(value)?.[1]
  return below === undefined ? [] : [`<${below}`]
}
