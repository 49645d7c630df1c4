import type { Call, Effect, Hands, IssueOrder, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { type Certificate, certificateId, holderId, parseCertificate, serialIn } from './certificate'
import { askList, askOcsp, tryAt, type X509Session } from './client'
import type { Index, IndexRow } from './index-file'
import { type Held, isInForce } from './map'
import type { Standing } from './ocsp'
import { makeRequest, privateKeyOf } from './request'

const notThere = (what: string) =>
  new LiveError('not_found', `${what} is not in the folder of the authority (any more).`)

function demandFolder({ folder }: X509Session) {
  if (folder !== undefined) return folder
  throw new LiveError('forbidden', 'This connection sees the authority from outside only: it names no folder.')
}

/** The certificate of an order, which has to belong to its identity. */
async function find(session: X509Session, { target }: Order, call: Call): Promise<Held & { index: Index }> {
  const folder = demandFolder(session)
  const serial = serialIn(target.credential ?? '')
  const index = await folder.readIndex(call)
  const row = serial === undefined ? undefined : index.rows.get(serial)
  const certificate = row === undefined ? undefined : await folder.readCertificate(row.serial, call)
  if (row === undefined || certificate === undefined || certificateId(certificate) !== target.credential)
    throw notThere(target.credential ?? 'The certificate')
  if (holderId(certificate) !== target.identity) throw notThere(`A certificate of ${target.identity} with this id`)
  return { certificate, row, index }
}

/** All certificates of an identity. */
async function findAll(session: X509Session, { target }: Order, call: Call): Promise<Held[]> {
  const folder = demandFolder(session)
  const { bySubject } = await folder.readIndex(call)
  // The index writes subjects in another way: the likely one is looked at first.
  const likely = `/${target.identity.slice('holder:'.length).split('@')[0]?.split(', ').join('/')}`
  const order = bySubject.has(likely) ? [likely, ...bySubject.keys()] : [...bySubject.keys()]
  for (const subject of order) {
    const held: Held[] = []
    for (const row of bySubject.get(subject) ?? []) {
      const certificate = await folder.readCertificate(row.serial, call)
      if (certificate === undefined) continue
      if (holderId(certificate) !== target.identity) break
      held.push({ certificate, row })
    }
    if (held.length > 0) return held
  }
  throw notThere(target.identity)
}

function order(session: X509Session, text: string, call: Call) {
  if (session.mailbox !== undefined) return session.mailbox.order(text, call)
  throw new LiveError('forbidden', 'This connection may only look: it names no folder of orders.')
}

/** What the index says after an order is what was done. */
async function prove(session: X509Session, serial: string, is: (row: IndexRow) => boolean, call: Call): Promise<void> {
  const row = (await demandFolder(session).readIndex(call)).rows.get(serial)
  if (row === undefined || !is(row))
    throw new LiveError(
      'unexpected_answer',
      `The authority answered that it is done, and its index says otherwise of ${serial}.`,
    )
}

const published = 'and a new list of revoked certificates is out'

async function hold(session: X509Session, serial: string, call: Call): Promise<boolean> {
  const { did } = await order(session, `hold ${serial}\n`, call)
  await prove(session, serial, ({ state }) => state === 'revoked', call)
  return did === 'done'
}

async function release(session: X509Session, serial: string, call: Call): Promise<boolean> {
  const { did } = await order(session, `release ${serial}\n`, call)
  await prove(session, serial, ({ state }) => state === 'valid', call)
  return did === 'done'
}

async function disable(session: X509Session, given: Order, call: Call): Promise<Effect> {
  const { row } = await find(session, given, call)
  if (row.state === 'revoked') return { did: 'already', evidence: `the index says: revoked, ${row.reason}` }
  const isDone = await hold(session, row.serial, call)
  return { did: isDone ? 'done' : 'already', evidence: `serial ${row.serial} is on hold, ${published}` }
}

async function enable(session: X509Session, given: Order, call: Call): Promise<Effect> {
  const { row } = await find(session, given, call)
  if (row.state === 'valid') return { did: 'already', evidence: 'the index does not say that it is revoked' }
  if (row.reason !== 'certificateHold')
    throw new LiveError('conflict', `It was revoked for good (${row.reason}): a certificate is only taken off hold.`)
  const isDone = await release(session, row.serial, call)
  return { did: isDone ? 'done' : 'already', evidence: `serial ${row.serial} is off hold, ${published}` }
}

async function revoke(session: X509Session, given: Order, call: Call): Promise<Effect> {
  const { certificate, row } = await find(session, given, call)
  if (row.state === 'revoked' && row.reason !== 'certificateHold')
    return { did: 'already', evidence: `the index says: revoked, ${row.reason}` }
  const others = (await findAll(session, given, call)).filter(({ row: { serial } }) => serial !== row.serial)
  // What took its place is there, or nothing did.
  const isReplaced = others.some(
    (other) => isInForce(other, Date.now()) && other.certificate.validFrom >= certificate.validFrom,
  )
  const reason = isReplaced ? 'superseded' : 'cessationOfOperation'
  const { did } = await order(session, `revoke ${row.serial} ${reason}\n`, call)
  await prove(session, row.serial, (now) => now.state === 'revoked' && now.reason !== 'certificateHold', call)
  return { did, evidence: `serial ${row.serial} is revoked (${reason}), ${published}` }
}

/** Every certificate of the holder that is in force goes on hold. */
async function disableHolder(session: X509Session, given: Order, call: Call): Promise<Effect> {
  const live = (await findAll(session, given, call)).filter((held) => isInForce(held, Date.now()))
  if (live.length === 0) return { did: 'already', evidence: 'no certificate of it is in force' }
  for (const { row } of live) await hold(session, row.serial, call)
  return { did: 'done', evidence: `on hold: ${live.map(({ row }) => row.serial).join(', ')}; ${published}` }
}

async function enableHolder(session: X509Session, given: Order, call: Call): Promise<Effect> {
  const held = (await findAll(session, given, call)).filter(({ row }) => row.reason === 'certificateHold')
  if (held.length === 0) return { did: 'already', evidence: 'no certificate of it is on hold' }
  for (const { row } of held) await release(session, row.serial, call)
  return { did: 'done', evidence: `off hold: ${held.map(({ row }) => row.serial).join(', ')}; ${published}` }
}

/** The date as `openssl ca` takes it; `-` = what the authority gives usually. */
const endOf = (expiresAt: string | null | undefined) =>
  expiresAt == null ? '-' : `${new Date(expiresAt).toISOString().replace(/[-:T]|\.\d+/g, '')}`

/** A second certificate like one that is in force, for a key of its own. Of the key the authority sees the public half only. */
async function issue(session: X509Session, given: IssueOrder, call: Call) {
  const { secret, expiresAt, target } = given
  if (secret === undefined) throw new LiveError('conflict', 'An authority makes no keys: propose one first.')
  const former =
    target.credential === undefined
      ? (await findAll(session, given, call)).findLast((held) => isInForce(held, Date.now()))
      : await find(session, given, call)
  if (former === undefined || !isInForce(former, Date.now()))
    throw new LiveError('conflict', 'Only beside a certificate that is in force another one is issued.')
  const { serial: like } = former.row
  const request = makeRequest(secret, former.certificate.subjectDer)
  const { rest: serial } = await order(session, `issue ${like} ${endOf(expiresAt)}\n${request}`, call)
  const made = /^[0-9A-F]+$/.test(serial) ? await demandFolder(session).readCertificate(serial, call) : undefined
  if (made === undefined || !made.x509.checkPrivateKey(privateKeyOf(secret)) || holderId(made) !== target.identity)
    throw new LiveError(
      'unexpected_answer',
      'The authority answered that it is done, and the certificate is not there.',
    )
  return { credential: certificateId(made), secret, replacesFormer: false }
}

/** The certificate that a secret comes with, or the one of the folder. */
async function shown(session: X509Session, given: VerifyOrder, call: Call): Promise<Certificate> {
  const own = parseCertificate(given.secret.reveal())
  if (own !== undefined && certificateId(own) === given.target.credential) return own
  return (await find(session, given, call)).certificate
}

async function verify(session: X509Session, given: VerifyOrder, call: Call): Promise<Verdict> {
  const certificate = await shown(session, given, call)
  if (!certificate.x509.checkPrivateKey(privateKeyOf(given.secret)))
    return { answer: 'refused', reason: 'the key does not belong to the certificate' }
  if (Date.parse(certificate.expiresAt) <= Date.now())
    return { answer: 'refused', reason: `the certificate ended at ${certificate.expiresAt}` }
  const { host } = session.config
  if (host !== undefined) return verifyAt(session, host, certificate, given, call)
  const answer = await askOcsp(session, certificate, call)
  if (answer !== undefined && answer.is !== 'unknown') return verdictOf(answer, 'OCSP')
  return verdictOf(await askList(session, certificate, call), 'the list of revoked certificates')
}

const verdictOf = (standing: Standing, source: string): Verdict =>
  standing.is === 'good'
    ? { answer: 'accepted', reason: `${source} does not say that it is revoked` }
    : standing.is === 'revoked'
      ? { answer: 'refused', reason: `${source} says: revoked, ${standing.reason}` }
      : { answer: 'unknown', reason: standing.why }

/** What a server does counts more than what it should do. */
async function verifyAt(
  session: X509Session,
  host: string,
  certificate: Certificate,
  { secret }: VerifyOrder,
  call: Call,
): Promise<Verdict> {
  try {
    const refused = await tryAt(session, host, certificate, secret, call)
    if (refused === undefined) return { answer: 'accepted', reason: `${host} took the certificate` }
    return { answer: 'refused', reason: `${host} ended the connection (${refused})` }
  } catch (thrown) {
    if (call.signal.aborted) throw thrown
    if (thrown instanceof LiveError) return { answer: 'unknown', reason: thrown.message }
    const { code } = thrown as { code?: unknown }
    if (typeof code !== 'string') throw thrown
    return { answer: 'unknown', reason: `${host} could not be asked (${code})` }
  }
}

export const holderHands: Hands<X509Session> = { disable: disableHolder, enable: enableHolder }
export const certificateHands: Hands<X509Session> = { issue, verify, disable, enable, delete: revoke }
