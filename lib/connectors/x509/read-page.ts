import type { Refusal } from '../contract'
import type { Call, DiscoveryPage, RightsReport } from '../live-contract'
import { LiveError } from '../live-error'
import { type Certificate, certificateId, holderId } from './certificate'
import { askList, askOcsp, lookAt, readList, type TlsPlace, tryWithout, type X509Session } from './client'
import type { IndexRow } from './index-file'
import { type Held, mapAuthority, mapHolder, mapPresented, rightsOf } from './map'
import type { Standing } from './ocsp'
import type { Verb } from './orders'

/** The authority's own certificate: whoever revokes it has ended all of the others. */
export const selfOf = ({ authority }: X509Session) => [holderId(authority), certificateId(authority)]

const noOrders = 'the connection names no folder of orders'

async function takesOf({ mailbox }: X509Session, call: Call): Promise<ReadonlySet<Verb> | string> {
  return mailbox === undefined ? noOrders : mailbox.takes(call)
}

/** Holders by their subjects, then servers. A cursor is `subject:NAME`, after which to go on, or `listener:NUMBER`. */
export async function readPage(
  session: X509Session,
  { cursor, pageSize = 200 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  if (cursor === null) page.records.push(mapAuthority(session.authority, await readableList(session, call)))
  const at = /^listener:(\d+)$/.exec(cursor ?? '')?.[1]
  if (session.folder === undefined || at !== undefined)
    return presentedPage(session, Number(at ?? 0), pageSize, page, call)
  const index = await session.folder.readIndex(call)
  if (cursor === null)
    page.refused.push(
      ...index.malformed.map((line): Refusal => ({ at: `index.txt line ${line}`, reason: 'is no row of an index' })),
    )
  const after = cursor?.slice('subject:'.length)
  const rest = [...index.bySubject.keys()].sort().filter((subject) => after === undefined || subject > after)
  const takes = await takesOf(session, call)
  const now = Date.now()
  for (const subject of rest.slice(0, pageSize)) {
    const held = await readHeld(session, index.bySubject.get(subject) ?? [], page, call)
    page.records.push(...mapHolder(held, now))
    page.rights.push(...rightsOf(held, takes, selfOf(session), now))
  }
  const last = rest[pageSize - 1]
  if (rest.length > pageSize && last !== undefined) page.next = `subject:${last}`
  else if (session.listeners.length > 0) page.next = 'listener:0'
  return page
}

const readableList = async (session: X509Session, call: Call) => {
  const list = await readList(session, call)
  return list === undefined || 'useless' in list ? undefined : list
}

/** The certificates of rows; what the folder does not hold is left out, and said. */
async function readHeld(
  { folder }: X509Session,
  rows: readonly IndexRow[],
  page: Pick<DiscoveryPage, 'refused' | 'skipped'>,
  call: Call,
): Promise<Held[]> {
  const held: Held[] = []
  for (const row of rows) {
    const certificate = await folder?.readCertificate(row.serial, call)
    if (certificate !== undefined) held.push({ certificate, row })
    else if (row.state === 'expired')
      page.refused.push({ at: `serial ${row.serial}`, reason: 'has expired, and newcerts does not hold it' })
    else page.skipped.push({ scope: `the certificate with serial ${row.serial}`, reason: 'newcerts does not hold it' })
  }
  return held
}

const written = ({ host, port }: TlsPlace) => `${host}:${port}`

async function presentedPage(
  session: X509Session,
  from: number,
  pageSize: number,
  page: DiscoveryPage,
  call: Call,
): Promise<DiscoveryPage> {
  for (const place of session.listeners.slice(from, from + pageSize)) {
    const found = await lookAt(session, place, call).catch((thrown) => told(thrown, call))
    if (typeof found === 'string') {
      page.skipped.push({ scope: `the server ${written(place)}`, reason: found })
      continue
    }
    page.records.push(...mapPresented(written(place), found, await standingOf(session, found, call)))
    const why = 'is seen from outside only'
    if ((await rowOf(session, found, call)) === undefined)
      page.rights.push({ identity: holderId(found), rotate: false, revoke: false, why })
  }
  const next = from + pageSize
  return { ...page, next: next < session.listeners.length ? `listener:${next}` : null }
}

function told(thrown: unknown, call: Call): string {
  if (call.signal.aborted) throw thrown
  if (thrown instanceof LiveError) return thrown.message
  const { code } = thrown as { code?: unknown }
  if (typeof code !== 'string') throw thrown
  return `it cannot be reached (${code})`
}

async function rowOf({ folder }: X509Session, { serial, issuer }: Certificate, call: Call) {
  const index = await folder?.readIndex(call)
  const row = index?.rows.get(serial)
  const own = row === undefined ? undefined : await folder?.readCertificate(serial, call)
  return own?.issuer === issuer ? row : undefined
}

/** `undefined` = the folder tells of it. */
async function standingOf(session: X509Session, found: Certificate, call: Call): Promise<Standing | undefined> {
  if ((await rowOf(session, found, call)) !== undefined) return undefined
  if (!found.x509.verify(session.authority.x509.publicKey))
    return { is: 'unknown', why: 'it is from another authority, which this connection cannot ask' }
  const answer = await askOcsp(session, found, call)
  return answer === undefined || answer.is === 'unknown' ? askList(session, found, call) : answer
}

export async function describeRights(session: X509Session, call: Call): Promise<RightsReport> {
  const { authority, config, folder } = session
  const statements: RightsReport['statements'] = []
  const say = (what: string, missing: string | undefined) =>
    statements.push(missing === undefined ? { what, allowed: true } : { what, allowed: false, missing })
  say('See all certificates', folder === undefined ? 'the folder of the authority in the settings' : undefined)
  const list = await readList(session, call)
  const useless =
    list === undefined ? 'crl.pem in the folder, or its address' : 'useless' in list ? list.useless : undefined
  say('Read the list of revoked certificates', useless)
  if (config.ocspUrl !== undefined) {
    const answer = await askOcsp(session, authority, call)
    // Few responders know the authority itself; that the answer could be believed is what counts.
    const isAnswer = answer?.is !== 'unknown' || answer.why === 'the responder does not know the certificate'
    say('Ask by OCSP', isAnswer ? undefined : answer.why)
  }
  if (config.host !== undefined) {
    const server = `a server that asks for certificates at ${config.host}`
    const isOpen = await tryWithout(session, config.host, call).catch((thrown) => told(thrown, call))
    say('Try certificates by TLS', isOpen === false ? undefined : isOpen === true ? server : `${server}: ${isOpen}`)
  }
  const takes = await takesOf(session, call)
  const lacks = (verb: Verb) =>
    typeof takes === 'string' ? takes : takes.has(verb) ? undefined : `“${verb}” in what the authority’s script takes`
  say('Issue certificates for subjects that have one', lacks('issue'))
  say('Put certificates on hold', lacks('hold'))
  say('Take certificates off hold', lacks('release'))
  say('Revoke certificates for good', lacks('revoke'))
  const until =
    list !== undefined && 'nextUpdate' in list ? `, list of revoked certificates until ${list.nextUpdate}` : ''
  return { account: authority.subject, product: `Certificate authority (openssl ca)${until}`, statements }
}
