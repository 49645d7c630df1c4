import type { SingleParserBuilder } from 'nuqs/server'
import { looksSecret } from './secret-shape'

/**
 * The values of an address without Zod, which is too large for what a page needs before its first rows. Where a REST contract
 * says the same, a test holds the two together. Malformed values are null: a page leaves them aside.
 */

interface Value<T> {
  parse: (text: string) => T | null
  print?: (value: T) => string
}

function parserOf<T>({ parse, print = String }: Value<T>): SingleParserBuilder<T> {
  const read = (text: string) => parse(text) ?? null
  const first = (given: string | string[] | undefined) => {
    const [text] = Array.isArray(given) ? given : [given]
    return text === undefined ? null : read(text)
  }
  // The form of nuqs, whose loader reads addresses on the server.
  const parser = {
    type: 'single' as const,
    parse: read,
    serialize: print,
    eq: (left: T, right: T) => JSON.stringify(left) === JSON.stringify(right),
    parseServerSide: first,
    withDefault: (defaultValue: T) => ({
      ...parser,
      defaultValue,
      parseServerSide: (given: string | string[] | undefined) => first(given) ?? defaultValue,
    }),
    withOptions: (options: object) => ({ ...parser, ...options }),
  }
  return parser as unknown as SingleParserBuilder<T>
}

/** One word of a closed list. */
export const wordOf = <Word extends string>(words: readonly Word[]) =>
  parserOf<Word>({ parse: (text) => words.find((word) => word === text) ?? null })

/** Text without the space around it; empty or longer is no value. */
export const textUpTo = (most: number) => plainText(most, (text) => text.trim())

/** Words to search for, none that look like a secret. */
export const searchWords = (most: number) => plainText(most, (text) => (looksSecret(text) ? '' : text.trim()))

/** Text as it stands there. */
export const exactText = (most: number) => plainText(most, (text) => text)

const plainText = (most: number, shape: (text: string) => string) =>
  parserOf<string>({
    parse: (text) => {
      const shaped = shape(text)
      return shaped.length > 0 && shaped.length <= most ? shaped : null
    },
  })

export const textLike = (form: RegExp) => parserOf<string>({ parse: (text) => (form.test(text) ? text : null) })

/** `90d`: ninety days. */
export const someDays = textLike(/^[1-9]\d{0,3}d$/)

export const uuid = textLike(
  /^([0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-(0{4}-){3}0{12}|f{8}-(f{4}-){3}f{12})$/i,
)

export const wholeNumber = (least: number, most: number) =>
  parserOf<number>({
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= least && value <= most ? value : null
    },
  })

/** What the first of them understands. */
export const eitherOf = (...parsers: readonly { parse: (text: string) => string | null }[]) =>
  parserOf<string>({
    parse: (text) => {
      for (const { parse } of parsers) {
        const value = parse(text)
        if (value !== null) return value
      }
      return null
    },
  })

const quote = (item: string) => item.replaceAll('%', '%25').replaceAll(',', '%2C')
const unquote = (item: string) => item.replaceAll(/%2C/gi, ',').replaceAll('%25', '%')

/** Several values, separated by commas: `kind=bot,workload`. At most 50, none twice; one that is malformed spoils all. */
export const listOfEach = <Item extends string>(item: { parse: (text: string) => Item | null }) =>
  parserOf<Item[]>({
    parse: (text) => {
      if (text.length === 0 || text.length > 2000) return null
      const items = splitList(text).map((part) => item.parse(part))
      return items.length > 50 || items.includes(null) ? null : (items as Item[])
    },
    print: joinList,
  })

/** The parts of a list of the address, each once. */
export function splitList(text: string): string[] {
  return [...new Set(text.split(',').map(unquote))]
}

export function joinList(items: readonly string[]): string {
  return items.map(quote).join(',')
}

/** A value with a form of its own; what `parse` refuses is null. */
export const valueLike = <T>(parse: (text: string) => T | null, print: (value: T) => string) =>
  parserOf<T>({ parse, print })
