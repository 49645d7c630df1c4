'use client'

import { type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type ListSource, listPageQuery, pageRows } from '@/lib/platform/browser/list-pages'
import { lengthOf, pagesBetween, placeSections, type Section, sectionAt, type WantedPage } from './list-sections'
import type { RowGroup, VirtualEntry } from './virtual-row'

/** A part of the list: all of it, or a group with its head. */
export interface ListPart<Row> extends Section {
  source: ListSource<PageOf<Row>>
  /** The head; with `hasHead`. */
  group?: RowGroup
}

interface PageOf<Row> {
  items: Row[]
  nextCursor: string | null
}

export interface ListRowsOptions<Row> {
  /** Stable. */
  parts: ListPart<Row>[]
  /** Another list begins with other pages. */
  listKey: string
  start: number
  /** What the server painted: a page of one list. */
  painted?: { key: readonly unknown[]; index: number; page: PageOf<Row>; at: number }
}

/** Pages are asked for when the view is this near to them, rows: a hurried wheel does not come to rows that are not here yet. */
const margin = 2 * pageRows
/** What the scrollbar passes by in less is not asked for. */
const passingMs = 80
/** Rows in view before the browser has measured it. */
const firstRows = 48

/** The rows of a long list by their index: holds the pages around the view and asks for those that come into it. */
export function useListRows<Row>({ parts, listKey, start, painted }: ListRowsOptions<Row>) {
  const client = useQueryClient()
  const placed = useMemo(() => placeSections(parts), [parts])
  const pagesAround = useCallback(
    (first: number, end: number) => pagesBetween(placed, Math.max(0, first - margin), end + margin, pageRows),
    [placed],
  )
  const [wanted, setWanted] = useState(() => ({
    listKey,
    pages: pagesBetween(placed, start, start + firstRows, pageRows),
  }))
  const all = wanted.listKey === listKey ? wanted.pages : pagesBetween(placed, start, start + firstRows, pageRows)
  // A group may have gone since its pages were wanted.
  const pages = all.filter(({ section }) => parts.some(({ id }) => id === section))
  const names = pages.map(nameOf).join()

  const combine = useCallback(
    (results: UseQueryResult<PageOf<Row>>[]) => ({
      loaded: new Map(names.split(',').map((name, index) => [name, results[index]?.data?.items])),
      failed: results.filter(({ error, data }) => error && !data),
    }),
    [names],
  )
  const { loaded, failed } = useQueries({ queries: queriesOf(parts, pages, painted), combine })

  const entryAt = useCallback(
    (index: number): VirtualEntry<Row> => {
      const section = sectionAt(placed, index)
      if (!section) return undefined
      if (index < section.firstRow) {
        const group = parts.find(({ id }) => id === section.id)?.group
        return group && { kind: 'group', group }
      }
      const { page, within } = pageOf(index - section.firstRow)
      const row = loaded.get(nameOf({ section: section.id, page }))?.[within]
      return row && { kind: 'row', row }
    },
    [placed, parts, loaded],
  )

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const asked = useRef(pages)
  useEffect(() => {
    asked.current = pages
  })
  useEffect(() => () => clearTimeout(timer.current), [])

  const onRange = useCallback(
    (first: number, end: number) => {
      const next = pagesAround(first, end)
      const apply = () =>
        setWanted((last) => (last.listKey === listKey && isSame(last.pages, next) ? last : { listKey, pages: next }))
      const isKnown = ({ section, page }: WantedPage) => {
        const part = parts.find(({ id }) => id === section)
        return part && client.getQueryData([...part.source.key, 'page', page]) !== undefined
      }
      clearTimeout(timer.current)
      if (next.every((page) => isNext(asked.current, page) || isKnown(page))) apply()
      else timer.current = setTimeout(apply, passingMs)
    },
    [pagesAround, listKey, parts, client],
  )

  /** Rows by their indexes, asked for where they are not here yet; heads are left out. */
  const loadRows = useCallback(
    async (indexes: readonly number[]): Promise<Row[]> => {
      const rows: Row[] = []
      for (const index of indexes) {
        const section = sectionAt(placed, index)
        const part = parts.find(({ id }) => id === section?.id)
        if (!section || !part || index < section.firstRow) continue
        const { page, within } = pageOf(index - section.firstRow)
        const { items } = await client.ensureQueryData(listPageQuery(part.source, page))
        const row = items[within]
        if (row) rows.push(row)
      }
      return rows
    },
    [client, parts, placed],
  )

  return {
    count: lengthOf(placed),
    entryAt,
    onRange,
    loadRows,
    error: failed[0]?.error ?? undefined,
    retry: () => {
      for (const { refetch } of failed) void refetch()
    },
  }
}

function queriesOf<Row>(parts: ListPart<Row>[], pages: WantedPage[], painted: ListRowsOptions<Row>['painted']) {
  return pages.flatMap(({ section, page }) => {
    const part = parts.find(({ id }) => id === section)
    if (!part) return []
    const query = listPageQuery(part.source, page)
    const isPainted = painted?.index === page && JSON.stringify(painted.key) === JSON.stringify(part.source.key)
    return [isPainted ? { ...query, initialData: painted.page, initialDataUpdatedAt: painted.at } : query]
  })
}

const nameOf = ({ section, page }: WantedPage) => `${page} ${encodeURIComponent(section)}`
const pageOf = (row: number) => ({ page: Math.floor(row / pageRows), within: row % pageRows })

function isSame(one: WantedPage[], other: WantedPage[]): boolean {
  return one.length === other.length && one.every((page, index) => nameOf(page) === nameOf(other[index] ?? page))
}

function isNext(pages: WantedPage[], { section, page }: WantedPage): boolean {
  return pages.some((known) => known.section === section && Math.abs(known.page - page) <= 1)
}
