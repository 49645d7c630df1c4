import { createParser, type SingleParserBuilder } from 'nuqs/server'
import { z } from 'zod'
import { joinList, splitList } from './address-parsers'

/** Contracts whose input is the text of one URL parameter, so that a REST query and a page's address share them. */
type Parameters = Record<string, z.ZodType>

export type ParsersOf<Shape extends Parameters> = {
  [Name in keyof Shape]: SingleParserBuilder<NonNullable<z.output<Shape[Name]>>>
}

/**
 * The same parameters for the address bar. Where the REST door refuses a malformed value, the page ignores it.
 * Every contract must decode from one string; values that go back into the address must be codecs or strings.
 */
export function parsersFor<Shape extends Parameters>(shape: Shape): ParsersOf<Shape> {
  return Object.fromEntries(Object.entries(shape).map(([name, contract]) => [name, parserOf(contract)])) as never
}

function parserOf(contract: z.ZodType) {
  return createParser<NonNullable<unknown>>({
    parse(text) {
      const parsed = contract.safeParse(text)
      return parsed.success && parsed.data !== undefined && parsed.data !== null ? parsed.data : null
    },
    serialize: (value) => String(z.encode(contract, value)),
    eq: (left, right) => JSON.stringify(left) === JSON.stringify(right),
  })
}

/** Several values of one parameter, separated by commas: `kind=bot,workload`. At most 50, none twice. */
export function listOf<Item extends z.ZodType<string, string>>(item: Item) {
  return z.codec(z.string().min(1).max(2000), z.array(item).min(1).max(50), {
    decode: (text) => splitList(text) as z.input<Item>[],
    encode: joinList,
  })
}
