import { createTransport, type SMTPTransportOptions } from 'nodemailer'
import { LiveError } from '@/lib/connectors/live-error'
import { checkPlace } from '@/lib/connectors/outbound'
import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { type ClientError, failureOf, type MailFailure } from '../rules'
import type { MailTls } from '../schema'
import { findMailSetting, openPassword } from './store-settings'

/** A mail server, with what signs in there. */
export interface MailServer {
  host: string
  port: number
  tls: MailTls
  user: string | undefined
  password: string | undefined
  caPem: string | undefined
  from: { name: string; address: string }
  /** Set by whoever runs the installation, who may use any network. */
  isTrusted: boolean
}

const timeoutMs = 10_000
/** For one try, from the first packet to the last. Shorter than a worker's lease. */
const tryMs = 60_000

/** The server of the installation, from its environment; undefined when there is none. */
export function installationServer(): MailServer | undefined {
  const { SMTP_URL, MAIL_FROM } = env()
  if (SMTP_URL === undefined || MAIL_FROM === undefined) return undefined
  const url = new URL(SMTP_URL)
  const isTls = url.protocol === 'smtps:'
  const [, name = '', address = MAIL_FROM] = /^(.*)<(.+)>$/.exec(MAIL_FROM) ?? []
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (isTls ? 465 : 587),
    tls: isTls ? 'tls' : url.searchParams.get('tls') === 'off' ? 'off' : 'starttls',
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    caPem: undefined,
    from: { name: name.trim().replace(/^"|"$/g, '') || 'Bailiwick', address: address.trim() },
    isTrusted: true,
  }
}

/** By which server an organization sends; undefined when it sends nothing. */
export async function openMailServer(ctx: Context): Promise<MailServer | undefined> {
  const row = await findMailSetting(ctx)
  if (row === null || row.way === 'installation') return installationServer()
  if (row.way === 'off' || row.host === null || row.port === null || row.fromAddress === null) return undefined
  return {
    host: row.host.replace(/^\[|\]$/g, ''),
    port: row.port,
    tls: (row.tls ?? 'starttls') as MailTls,
    user: row.username ?? undefined,
    password: openPassword(row),
    caPem: row.caPem ?? undefined,
    from: { name: row.fromName ?? 'Bailiwick', address: row.fromAddress },
    isTrusted: false,
  }
}

export interface Letter {
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  /** The same however often it is sent. */
  messageId: string
}

/**
 * Sends one e-mail to one person, and answers what went wrong; undefined when the server took it. An organization's own server is
 * subject to the same rule as its connections: addresses inside only where this installation opened them, TLS everywhere else.
 */
export async function sendLetter(server: MailServer, letter: Letter): Promise<MailFailure | undefined> {
  const { host, port, tls, from } = server
  const place = { host, port, tls, from: from.address, to: letter.to.address }
  let options: SMTPTransportOptions
  try {
    options = await optionsOf(server)
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    return { code: 'unreachable', says: error.message, isFinal: false }
  }
  const transport = createTransport(options)
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort()
    transport.close()
  }, tryMs)
  const late = new Promise<never>((_, reject) => {
    deadline.signal.addEventListener('abort', () =>
      reject(Object.assign(new Error('the try took too long'), { code: 'ETIMEDOUT' })),
    )
  })
  try {
    await Promise.race([
      transport.sendMail({
        from,
        to: letter.to,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        messageId: letter.messageId,
        // So that no out-of-office note answers, and no loop comes of one that does.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        disableFileAccess: true,
        disableUrlAccess: true,
      }),
      late,
    ])
    return undefined
  } catch (error) {
    const { says, ...failure } = failureOf(error as ClientError, place)
    return { ...failure, says: withoutPassword(says, server.password) }
  } finally {
    clearTimeout(timer)
    transport.close()
  }
}

async function optionsOf(server: MailServer): Promise<SMTPTransportOptions> {
  const { host, port, tls, user, password, caPem, isTrusted } = server
  const { OUTBOUND_NETWORKS, OUTBOUND_LOOPBACK, PUBLIC_URL } = env()
  const common: SMTPTransportOptions = {
    ...{ port, secure: tls === 'tls', requireTLS: tls === 'starttls', ignoreTLS: tls === 'off' },
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs * 2,
      dnsTimeout: timeoutMs,
    },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    name: new URL(PUBLIC_URL).hostname,
  }
  if (isTrusted) return { ...common, host, tls: { minVersion: 'TLSv1.2' } }
  const place = await checkPlace(
    { host, port, tls: tls === 'off' ? 'off' : 'verify', ...(caPem === undefined ? {} : { caPem }) },
    { allow: OUTBOUND_NETWORKS, allowLoopback: OUTBOUND_LOOPBACK },
  )
  return { ...common, host: place.address, ...(place.tls ? { tls: place.tls } : {}) }
}

/** Whatever a server repeats of what it was told. */
const withoutPassword = (text: string, password: string | undefined) =>
  password ? text.replaceAll(password, '(left out)') : text
