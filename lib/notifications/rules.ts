import type { Fact, MailTls } from './schema'

/** Pure decisions about telling people. */

export const notificationTarget = (row: { id: string; userId: string; subject: string }) => ({
  kind: 'notification' as const,
  id: row.id,
  label: row.subject,
  attr: { userId: row.userId },
})

export const mailSettingTarget = (orgId: string) => ({
  kind: 'mail_setting' as const,
  id: orgId,
  label: 'E-mail',
  attr: {},
})

/** The person for whom an actor acts: a key has the notifications of its owner, a job has none. */
export function personOf(actor: { kind: string; id: string; ownerId?: string }): string {
  if (actor.kind === 'user') return actor.id
  return actor.kind === 'api_key' ? (actor.ownerId ?? '') : ''
}

/** Minutes after the first, second … failed try; after the last nothing more is tried. */
const retryMinutes = [1, 5, 15, 60, 180] as const
export const mostAttempts = retryMinutes.length + 1

/** When a mail that was refused for now is tried again; null = not any more. @param attempts how often it was tried */
export function retryAt(attempts: number, now: Date): Date | null {
  const minutes = retryMinutes[attempts - 1]
  return minutes === undefined ? null : new Date(now.getTime() + minutes * 60_000)
}

/** What a try to send came to. */
export interface MailFailure {
  code: 'address' | 'refused' | 'sign_in' | 'sender' | 'certificate' | 'unreachable' | 'later' | 'config'
  /** What happened and with whom, in a sentence. Holds no secret. */
  says: string
  /** The same would come of it however often it is tried: it is about this address or this message. */
  isFinal: boolean
}

/** What the mail client says of a failed try. */
export interface ClientError {
  code?: string | undefined
  command?: string | undefined
  responseCode?: number | undefined
  response?: string | undefined
  message: string
}

const certificate = /certificate|self.signed|altname|SSL|TLS|wrong version number|unable to verify/i

/** What went wrong, in words for whoever set the server up. */
export function failureOf(
  error: ClientError,
  place: { host: string; port: number; tls: MailTls; from: string; to: string },
): MailFailure {
  const { code, command = '', responseCode } = error
  const { host, port, from, to } = place
  const answer = error.response ? ` It said: ${shorten(error.response)}` : ''
  const isLater = responseCode !== undefined && responseCode >= 400 && responseCode < 500
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return isLater
      ? later(`${host} does not let anybody sign in for now.${answer}`)
      : failure('sign_in', `${host} refused the user name or the password.${answer}`)
  if (code === 'ETLS' || (code === 'ESOCKET' && certificate.test(error.message))) return ofTls(error, place, answer)
  if (code === 'EENVELOPE' && command === 'API')
    return failure('address', `${to} is not an address to which e-mail can be sent.`, true)
  if (isLater) return later(`${host} does not take the e-mail for now.${answer}`)
  if (command === 'MAIL FROM') return failure('sender', `${host} does not let this account send as ${from}.${answer}`)
  if (command === 'RCPT TO') return failure('address', `${host} refused the address ${to}.${answer}`, true)
  if (responseCode !== undefined && responseCode >= 500)
    return failure('refused', `${host} refused the e-mail.${answer}`, command === 'DATA')
  if (code === 'ETIMEDOUT') return later(`${host} did not answer in time at port ${port}.`)
  if (code === 'EDNS') return failure('unreachable', `No address is known for ${host}.`)
  if (/ECONNREFUSED/.test(error.message)) return failure('unreachable', `Nothing at ${host} answers at port ${port}.`)
  return failure('unreachable', `The connection with ${host}, port ${port}, broke off.${answer}`)
}

function ofTls(
  error: ClientError,
  { host, port, tls }: { host: string; port: number; tls: MailTls },
  answer: string,
): MailFailure {
  if (/self.signed|unable to (verify|get)|issuer/i.test(error.message))
    return failure(
      'certificate',
      `The certificate of ${host} was not signed by an authority that is known here. Paste that authority’s certificate, if the server is yours.`,
    )
  if (/expired|not yet valid/i.test(error.message))
    return failure('certificate', `The certificate of ${host} has expired or is not valid yet.`)
  if (/altname|does not match/i.test(error.message))
    return failure('certificate', `The certificate at ${host} is for another name.`)
  if (tls === 'starttls')
    return failure('certificate', `${host} does not offer STARTTLS at port ${port}, so nothing was sent.${answer}`)
  return failure('certificate', `${host} does not speak TLS at port ${port}. STARTTLS may be what it expects.`)
}

const failure = (code: MailFailure['code'], says: string, isFinal = false): MailFailure => ({ code, says, isFinal })
const later = (says: string) => failure('later', says)

const shorten = (text: string) => {
  const line = plainText(text)
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

/** One line without anything that moves the cursor, turns the direction of writing or hides. */
export function plainText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken away
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/ {2,}/g, ' ')
      .trim()
  )
}

/** A subject or a value, at most so long. */
export function cut(text: string, most: number): string {
  const plain = plainText(text)
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain
}

/** What is added for whoever is told in the place of somebody else. */
export function insteadFacts(facts: readonly Fact[], meantFor: string, why: string): Fact[] {
  const own = facts.filter(({ label }) => label !== 'Meant for' && label !== 'Why you')
  return [...own, { label: 'Meant for', value: meantFor }, { label: 'Why you', value: why }]
}

/** Under which key somebody is told what was meant for somebody else. */
export const insteadKey = (dedupeKey: string, userId: string) =>
  `${dedupeKey.split(insteadMark)[0]}${insteadMark}${userId}`
export const insteadMark = ':instead-of:'

/** In the order in which the groups begin. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
