import type { QueryClient } from '@tanstack/react-query'
import { type ListSource, listAnchorsQuery, listPageQuery, pageRows } from './list-pages'

/** What a person writes to get to another place: part of the way, a row, or the beginning of a name. */
export type Jump = { kind: 'share'; share: number } | { kind: 'row'; row: number } | { kind: 'text'; text: string }

/** `50 %`, `#120000` (the row) or text. Pure. */
export function parseJump(text: string): Jump | undefined {
  const word = text.trim()
  if (word === '') return undefined
  const share = /^(\d{1,3}(?:[.,]\d+)?)\s*%$/.exec(word)?.[1]
  if (share) return { kind: 'share', share: Math.min(100, Number(share.replace(',', '.'))) / 100 }
  const row = /^#\s*([\d,. ]+)$/.exec(word)?.[1]?.replaceAll(/\D/g, '')
  if (row) return { kind: 'row', row: Math.max(1, Number(row)) }
  return { kind: 'text', text: word }
}

interface TextOrder<Row> {
  direction: 'asc' | 'desc'
  /** The text by which rows are ordered; null stands at the end in both directions. */
  textOf: (row: Row) => string | null
}

/**
 * The first row whose text is `text`, begins with it or comes after it. Finds the anchor before it, then halves the pages
 * behind that.
 */
export async function findRow<Row>(
  client: QueryClient,
  source: ListSource<{ items: Row[]; nextCursor: string | null }>,
  order: TextOrder<Row>,
  text: string,
): Promise<number> {
  const isBefore = comesBefore(text, order.direction)
  const { total, every, anchors } = await client.fetchQuery(listAnchorsQuery(source))
  const anchor = firstThat(anchors.length, (at) => !isBefore(anchors[at]?.label || null)) - 1
  if (anchor < 0) return 0
  const most = Math.min(total, (anchor + 1) * every)
  const firstPage = Math.floor((anchor * every) / pageRows)
  const pages = Math.ceil(most / pageRows) - firstPage
  let low = 0
  let high = pages
  while (low < high) {
    const middle = (low + high) >> 1
    const { items } = await client.fetchQuery(listPageQuery(source, firstPage + middle))
    const last = items.at(-1)
    const found = items.findIndex((row) => !isBefore(order.textOf(row)))
    if (found > 0) return (firstPage + middle) * pageRows + found
    if (last !== undefined && isBefore(order.textOf(last))) low = middle + 1
    else high = middle
  }
  return Math.min((firstPage + low) * pageRows, Math.max(0, total - 1))
}

/** The same, and whether the row's text begins with `text`: if not, it is only the nearest. */
export async function findBeginning<Row>(
  client: QueryClient,
  source: ListSource<{ items: Row[]; nextCursor: string | null }>,
  order: TextOrder<Row>,
  text: string,
): Promise<{ row: number; begins: boolean }> {
  const row = await findRow(client, source, order, text)
  const { items } = await client.fetchQuery(listPageQuery(source, Math.floor(row / pageRows)))
  const found = items[row % pageRows]
  const begins = found !== undefined && order.textOf(found)?.toLowerCase().startsWith(text.toLowerCase()) === true
  return { row, begins }
}

/** Whether a text comes before the wanted one; in the other direction, before all that begin with it. Pure. */
export function comesBefore(wanted: string, direction: 'asc' | 'desc'): (text: string | null) => boolean {
  const want = wanted.toLowerCase()
  return (text) => {
    if (text === null) return false
    const have = text.toLowerCase()
    return direction === 'asc' ? have < want : have > want && !have.startsWith(want)
  }
}

function firstThat(count: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
