'use client'

import { useSearchParams } from 'next/navigation'
import type { inferParserType, SingleParserBuilder } from 'nuqs/server'
import { useState } from 'react'
import { writeAddress } from './write-address'

// biome-ignore lint/suspicious/noExplicitAny: parsers of any values
type Parsers = Record<string, SingleParserBuilder<any>>

interface WriteOptions {
  /** `push`: a step of the history. */
  history?: 'push' | 'replace'
}

type Change<Shape extends Parsers> = { [Name in keyof Shape]?: ReturnType<Shape[Name]['parse']> }

/**
 * Values of the address and a way to change some of them; null takes one away. The address changes before the setter
 * returns, the values with it, though the router follows a moment later. A value keeps its identity while its text stays.
 * @param parsers stable
 */
export function useAddress<Shape extends Parsers>(parsers: Shape, { history = 'replace' }: WriteOptions = {}) {
  const now = useSearchParams().toString()
  const [ahead, setAhead] = useState<{ of: string; search: string }>()
  if (ahead && ahead.of !== now) setAhead(undefined)
  const read = readAll(parsers, new URLSearchParams(ahead?.of === now ? ahead.search : now))
  const [values, setValues] = useState(read)
  const isSame = Object.keys(parsers).every((name) => Object.is(values[name], read[name]))
  if (!isSame) setValues(read)

  const write = (change: Change<Shape>, options?: WriteOptions) => {
    writeAddress(parsers, change, { history: options?.history ?? history })
    const search = new URLSearchParams(window.location.search).toString()
    setAhead(search === now ? undefined : { of: now, search })
  }
  return [isSame ? values : read, write] as const
}

/** What each parser made of the last texts. */
const known = new WeakMap<object, Map<string, unknown>>()
const mostKnown = 20

function readAll<Shape extends Parsers>(parsers: Shape, search: URLSearchParams): inferParserType<Shape> {
  const values: Record<string, unknown> = {}
  for (const [name, parser] of Object.entries(parsers)) {
    const text = search.get(name)
    values[name] = text === null ? (parser.parseServerSide(undefined) ?? null) : readText(parser, text)
  }
  return values as inferParserType<Shape>
}

function readText(parser: Parsers[string], text: string): unknown {
  const texts = known.get(parser) ?? new Map<string, unknown>()
  known.set(parser, texts)
  if (texts.has(text)) return texts.get(text)
  if (texts.size >= mostKnown) texts.clear()
  const value: unknown = parser.parseServerSide(text)
  texts.set(text, value)
  return value
}
