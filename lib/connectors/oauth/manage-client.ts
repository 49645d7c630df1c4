import type { Call } from '../live-contract'
import { LiveError } from '../live-error'
import type { HttpQuestion } from '../outbound-http'
import { Secret } from '../secret'
import { type Answer, ask, type ClientLogin, type OauthSession, ownPath } from './client'
import { type Registration, reviseRegistrations } from './registrations'

/** What the server keeps of a client, in the words of RFC 7591. With the secret in it where the server gives it back. */
export type ClientRecord = Readonly<Record<string, unknown>>

/** `refused`: the client was deleted elsewhere, or the token is not the newest; the server does not tell one from the other. */
export type Read = { found: ClientRecord } | { missing: 'deleted' | 'refused' }

/** Said in answers, and not to be said in an update (RFC 7592, 2.2). */
const notSent = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/** Asks for one client by its registration access token. @throws LiveError `forbidden` when the connection was given none */
export async function readClient(session: OauthSession, id: string, call: Call): Promise<Read> {
  const registration = demandRegistration(session, id)
  const answer = await manage(session, registration, { method: 'GET' }, call)
  if (isMissing(answer)) return { missing: registration.isDeleted ? 'deleted' : 'refused' }
  return { found: await take(session, registration, answer) }
}

/** The same where the client has to be there. @throws LiveError `not_found`, `forbidden` */
export async function demandClient(session: OauthSession, id: string, call: Call): Promise<ClientRecord> {
  const read = await readClient(session, id, call)
  if ('found' in read) return read.found
  throw read.missing === 'deleted'
    ? new LiveError('not_found', `The client ${id} is not there any more.`)
    : refusedToken(id)
}

/**
 * Writes a client as a whole. The registration access token that comes back is kept before anything else is done.
 * @throws LiveError `conflict` where nobody would keep it, `refused_by_source` with the server's reason
 */
export async function updateClient(
  session: OauthSession,
  id: string,
  record: ClientRecord,
  call: Call,
): Promise<ClientRecord> {
  const registration = demandRegistration(session, id)
  if (session.setting.keep === undefined)
    throw new LiveError(
      'conflict',
      'The server may change the registration access token, and nobody keeps it: store the connection first.',
    )
  const sent = Object.entries(record).filter(([name, value]) => !notSent.includes(name) && value !== undefined)
  const body = JSON.stringify({ ...Object.fromEntries(sent), client_id: id })
  const answer = await manage(session, registration, { method: 'PUT', body }, call, secretsOf(record))
  if (isMissing(answer)) throw refusedToken(id)
  return take(session, registration, answer)
}

/** Deletes a client, and marks it, so that it is known for gone. */
export async function deleteClient(session: OauthSession, id: string, call: Call): Promise<'done' | 'already'> {
  const registration = demandRegistration(session, id)
  const answer = await manage(session, registration, { method: 'DELETE' }, call)
  if (isMissing(answer)) {
    if (registration.isDeleted) return 'already'
    throw refusedToken(id)
  }
  if (answer.status >= 300) throw refused(answer)
  registration.isDeleted = true
  const from = registration.token
  await session.setting.keep?.('registrations', (text) => reviseRegistrations(text, id, { from, isDeleted: true }))
  return 'done'
}

/** The client itself, as it signs in; `undefined` where the server keeps its secret to itself or the client has none. */
export function loginOf(id: string, record: ClientRecord): ClientLogin | undefined {
  const { client_secret: secret, token_endpoint_auth_method: method = 'client_secret_basic' } = record
  if (typeof secret !== 'string' || (method !== 'client_secret_basic' && method !== 'client_secret_post'))
    return undefined
  return { id, secret: new Secret(secret), method }
}

function demandRegistration({ registrations }: OauthSession, id: string): Registration {
  const registration = registrations.get(id)
  if (registration !== undefined) return registration
  throw new LiveError('forbidden', `This connection holds no registration access token of the client ${id}.`)
}

const refusedToken = (id: string) =>
  new LiveError(
    'forbidden',
    `The server refuses the registration access token of ${id}: the client was deleted, or the token is not the newest.`,
  )

function manage(
  session: OauthSession,
  { id, uri, token }: Registration,
  question: Pick<HttpQuestion, 'method' | 'body'>,
  call: Call,
  secrets: readonly Secret[] = [],
): Promise<Answer> {
  const endpoint = session.metadata.registration
  if (uri === undefined && endpoint === undefined)
    throw new LiveError(
      'refused_by_source',
      'The server names no registration endpoint: give the address of the registration with each client.',
    )
  const path = uri === undefined ? `${endpoint}/${encodeURIComponent(id)}` : ownPath(session, uri)
  const headers = {
    authorization: `Bearer ${token.reveal()}`,
    ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  return ask(session, { ...question, path, headers }, call, [token, ...secrets])
}

/** RFC 7592, 2.1: a client that is not there is answered as a token that is not right. */
const isMissing = ({ status }: Answer) => status === 401 || status === 404

const refused = ({ status, reason }: Answer) =>
  status === 403
    ? new LiveError('forbidden', `The server does not let this client be managed: ${reason}.`)
    : new LiveError('refused_by_source', `The server refused it: ${reason}.`)

async function take(session: OauthSession, registration: Registration, answer: Answer): Promise<ClientRecord> {
  if (answer.status !== 200) throw refused(answer)
  const { registration_access_token: newest, ...record } = answer.body
  const from = registration.token
  if (typeof newest === 'string' && newest !== '' && newest !== from.reveal()) {
    const to = new Secret(newest)
    registration.token = to
    await session.setting.keep?.('registrations', (text) => reviseRegistrations(text, registration.id, { from, to }))
  }
  if (record.client_id !== registration.id)
    throw new LiveError('unexpected_answer', `The server answered for another client than ${registration.id}.`)
  return record
}

const secretsOf = ({ client_secret: secret }: ClientRecord) => (typeof secret === 'string' ? [new Secret(secret)] : [])
