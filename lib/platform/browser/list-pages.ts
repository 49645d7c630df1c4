import { type QueryClient, queryOptions } from '@tanstack/react-query'

/** Rows of one request. */
export const pageRows = 100

const keptMs = 60_000

interface KeysetPage {
  items: readonly unknown[]
  nextCursor: string | null
}

interface Anchors {
  total: number
  every: number
  anchors: readonly { cursor: string; label: string }[]
}

/** A list of the server in one order, of which any page can be asked. */
export interface ListSource<Page extends KeysetPage> {
  /** One for each question; what hangs on it is of this list alone. */
  key: readonly unknown[]
  page: (paging: { cursor?: string; skip?: number; limit: number }, signal: AbortSignal) => Promise<Page>
  /** Where pages can begin; see `ListAnchors`. */
  anchors: (signal: AbortSignal) => Promise<Anchors>
}

/** The rows from `index * pageRows` on. */
export function listPageQuery<Page extends KeysetPage>(source: ListSource<Page>, index: number) {
  return queryOptions({
    queryKey: [...source.key, 'page', index] as const,
    queryFn: ({ client, signal }) => fetchPage(client, source, index, signal),
    staleTime: keptMs,
  })
}

export function listAnchorsQuery<Page extends KeysetPage>(source: ListSource<Page>) {
  return queryOptions({
    queryKey: [...source.key, 'anchors'] as const,
    queryFn: ({ signal }) => source.anchors(signal),
    staleTime: keptMs,
  })
}

/** Goes on from the page before when that is known, else begins at the nearest anchor. */
async function fetchPage<Page extends KeysetPage>(
  client: QueryClient,
  source: ListSource<Page>,
  index: number,
  signal: AbortSignal,
): Promise<Page> {
  if (index === 0) return source.page({ limit: pageRows }, signal)
  const before = client.getQueryData<Page>([...source.key, 'page', index - 1])
  if (before?.nextCursor) return source.page({ cursor: before.nextCursor, limit: pageRows }, signal)
  const begin = beginningOf(await client.fetchQuery(listAnchorsQuery(source)), index)
  return source.page({ ...begin, limit: pageRows }, signal)
}

/** The anchor and the rows behind it at which a page begins. */
export function beginningOf({ every, anchors }: Anchors, index: number): { cursor?: string; skip?: number } {
  const row = index * pageRows
  const at = Math.min(Math.floor(row / every), anchors.length - 1)
  const cursor = anchors[at]?.cursor
  const skip = row - Math.max(0, at) * every
  return { ...(cursor ? { cursor } : {}), ...(skip > 0 ? { skip } : {}) }
}
