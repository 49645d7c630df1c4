import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../http/cursor'

/**
 * Pages that neither lose nor repeat a row. A sort is a chain of segments: first the rows that have a value, then those
 * without (or first those that never were), each walked along an index, so that page 5,000 costs what page 1 does.
 */
export interface Segment {
  /** Which rows belong to it; the segments of a sort divide all rows between them. */
  where: Record<string, unknown>
  /** What its rows are ordered by: a column that is never null in this segment. */
  column: string
  type: 'text' | 'number' | 'instant'
}

export type Direction = 'asc' | 'desc'

interface Position {
  segment: number
  value: string | number
  id: string
}

export interface KeysetRequest<Row> {
  /** Names list, sort, direction and organization; a cursor of another is refused. */
  name: string
  segments: readonly Segment[]
  direction: Direction
  cursor: string | undefined
  limit: number
  /** Fetches at most `take` rows of `where`, in this order. */
  fetch: (where: Record<string, unknown>, orderBy: Record<string, Direction>[], take: number) => Promise<Row[]>
}

/**
 * One page, in the order of the segments; within one by its column and then by id, both in `direction`.
 * @throws AppError `invalid_input` for a cursor that is not of this sort
 */
export async function fetchPage<Row extends { id: string }>(
  request: KeysetRequest<Row>,
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const { segments, direction, limit, fetch } = request
  const start = request.cursor === undefined ? undefined : readCursor(request, request.cursor)
  const rows: { row: Row; segment: number }[] = []
  for (let at = start?.segment ?? 0; at < segments.length && rows.length <= limit; at += 1) {
    const segment = segments[at]
    if (!segment) break
    const after = start && at === start.segment ? afterPosition(segment, direction, start) : {}
    const orderBy = [{ [segment.column]: direction }, { id: direction }]
    const found = await fetch({ AND: [segment.where, after] }, orderBy, limit + 1 - rows.length)
    rows.push(...found.map((row) => ({ row, segment: at })))
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return { rows: page.map(({ row }) => row), nextCursor: hasMore ? writeCursor(request, last) : null }
}

/** `column >= v` bounds the index; the rest leaves out what the page before showed. */
function afterPosition(segment: Segment, direction: Direction, position: Position): Record<string, unknown> {
  const [beyond, from] = direction === 'asc' ? ['gt', 'gte'] : ['lt', 'lte']
  const value = segment.type === 'instant' ? new Date(position.value) : position.value
  return {
    [segment.column]: { [from ?? '']: value },
    OR: [{ [segment.column]: { [beyond ?? '']: value } }, { id: { [beyond ?? '']: position.id } }],
  }
}

function writeCursor<Row extends { id: string }>(
  request: KeysetRequest<Row>,
  last: { row: Row; segment: number },
): string {
  const column = request.segments[last.segment]?.column ?? 'id'
  const raw = (last.row as Record<string, unknown>)[column]
  const value = raw instanceof Date ? raw.toISOString() : typeof raw === 'number' ? raw : String(raw)
  return encodeCursor(request.name, [last.segment, value, last.row.id])
}

const PositionShape = z.tuple([z.int().min(0), z.union([z.string(), z.number()]), z.string()])

function readCursor<Row>(request: KeysetRequest<Row>, cursor: string): Position {
  const [segment, value, id] = decodeCursor(request.name, cursor, PositionShape)
  return { segment, value, id }
}
