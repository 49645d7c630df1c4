'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import type { inferParserType, SingleParserBuilder } from 'nuqs/server'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { writeAddress } from './write-address'

// biome-ignore lint/suspicious/noExplicitAny: parsers of any values
type Parsers = Record<string, SingleParserBuilder<any>>

interface WriteOptions {
  /** `push`: a step of the history. */
  history?: 'push' | 'replace'
}

type Change<Shape extends Parsers> = { [Name in keyof Shape]?: ReturnType<Shape[Name]['parse']> }

/** What was written into the address, until the router has caught up with it: every reader of the page goes by it. */
let ahead: { pathname: string; search: string } | undefined
const readers = new Set<() => void>()

function goAhead(next: typeof ahead): void {
  if (next === ahead) return
  ahead = next
  for (const tell of readers) tell()
}

function subscribe(tell: () => void): () => void {
  readers.add(tell)
  return () => readers.delete(tell)
}

const searchNow = () => new URLSearchParams(window.location.search).toString()

/** The query of the address as the router says it (`now`), and as it is (`search`) when it was written a moment ago. */
function useSearch(): { now: string; pathname: string; search: string } {
  const now = useSearchParams().toString()
  const pathname = usePathname()
  const written = useSyncExternalStore(
    subscribe,
    () => ahead,
    () => undefined,
  )
  useEffect(() => {
    if (ahead && (ahead.pathname !== pathname || ahead.search === now || ahead.search !== searchNow()))
      goAhead(undefined)
  }, [now, pathname])
  return { now, pathname, search: written?.pathname === pathname ? written.search : now }
}

/**
 * Values of the address and a way to change some of them; null takes one away. The address changes before the setter
 * returns, the values with it wherever they are read, though the router follows a moment later. A value keeps its identity
 * while its text stays.
 * @param parsers stable
 */
export function useAddress<Shape extends Parsers>(parsers: Shape, { history = 'replace' }: WriteOptions = {}) {
  const { now, pathname, search } = useSearch()
  const read = readAll(parsers, new URLSearchParams(search))
  const [values, setValues] = useState(read)
  const isSame = Object.keys(parsers).every((name) => Object.is(values[name], read[name]))
  if (!isSame) setValues(read)

  const write = (change: Change<Shape>, options?: WriteOptions) => {
    writeAddress(parsers, change, { history: options?.history ?? history })
    const written = searchNow()
    goAhead(written === now ? undefined : { pathname, search: written })
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
