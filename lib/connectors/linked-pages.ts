import type { Call, DiscoveryPage } from './live-contract'
import { LiveError } from './live-error'
import type { Endpoint } from './outbound'
import type { HttpAnswer } from './outbound-http'

/**
 * Where the next page of a list is, as the answer's `Link` says (RFC 8288): path and query. `undefined` = this was the last.
 * @throws LiveError `unexpected_answer` where it is on another server: nobody else is sent the credentials
 */
export function nextPath(
  { host, port, tls }: Endpoint,
  headers: Pick<HttpAnswer, 'headers'>['headers'],
): string | undefined {
  const links = [headers.link ?? []].flat().join(', ')
  const link = [...links.matchAll(/<([^<>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s;,"]+))*)/g)].find(([, , words]) =>
    /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;,]|$))/i.test(words ?? ''),
  )
  if (link === undefined) return undefined
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const base = new URL(`${tls === 'off' ? 'http' : 'https'}://${named}:${port}`)
  const url = URL.canParse(link[1] ?? '', base.href) ? new URL(link[1] ?? '', base.href) : undefined
  if (url?.origin !== base.origin)
    throw new LiveError('unexpected_answer', 'The next page is said to be on another server, which is not asked.')
  return `${url.pathname}${url.search}`
}

/** One list of a source, in pages. */
export interface ListedStage<Session> {
  /** Short and without blanks: begins the cursors of its pages. */
  id: string
  /** What is not seen where it is refused: `deploy keys`. */
  scope: string
  /** Path of the first page; `undefined` = this source has no such list. */
  first: (session: Session, pageSize: number | undefined) => string | undefined
  /** The page at this path, and the path of the next. */
  read: (
    session: Session,
    path: string,
    call: Call,
  ) => Promise<Partial<DiscoveryPage> & { nextPath: string | undefined }>
}

/**
 * A page of discovery that goes through lists one after another. The cursor names the list and the page in it, so that it can be
 * asked again. A list that the connection may not see is skipped and said to be.
 */
export async function readStages<Session>(
  stages: readonly ListedStage<Session>[],
  session: Session,
  { cursor, pageSize }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  const [at = '', path] = cursor?.split(/ (.*)/s) ?? []
  const found = stages.findIndex(({ id }) => id === at)
  if (cursor !== null && found === -1) throw new LiveError('unexpected_answer', 'There is no such page of this source.')
  const begin = Math.max(0, found)
  const [stage, after] = [stages[begin], stages[begin + 1]]
  if (stage === undefined) return page
  const here = path === undefined || path === '' ? stage.first(session, pageSize) : path
  const next = after === undefined ? null : `${after.id} `
  if (here === undefined) return { ...page, next }
  try {
    const { nextPath: rest, ...read } = await stage.read(session, here, call)
    return { ...page, ...read, next: rest === undefined ? next : `${stage.id} ${rest}` }
  } catch (thrown) {
    if (!(thrown instanceof LiveError) || thrown.code !== 'forbidden') throw thrown
    return { ...page, skipped: [{ scope: stage.scope, reason: thrown.message }], next }
  }
}
