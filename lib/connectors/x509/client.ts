import tls from 'node:tls'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { type CheckedPlace, checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import { askHttp, type HttpQuestion } from '../outbound-http'
import type { Secret } from '../secret'
import { type Certificate, parseCertificate } from './certificate'
import { type RevocationList, readRevocationList } from './crl'
import { type CertificateFolder, openFolder } from './folder'
import { ocspQuestion, readOcspAnswer, type Standing } from './ocsp'
import type { Mailbox } from './orders'
import { openMailbox } from './orders'

const folder = (title: string, description: string) =>
  z
    .string()
    .trim()
    .max(1000)
    .regex(/^\/[^\0]*$/, 'must be a path that begins with a slash')
    .optional()
    .meta({ title, description })
const address = (title: string, description: string) =>
  z
    .string()
    .trim()
    .max(1000)
    .regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, 'must be an address that begins with http:// or https://')
    .optional()
    .meta({ title, description })

const { host, port, caPem } = endpointFields(443)
export const x509Config = z.object({
  authorityPem: z
    .string()
    .max(100_000)
    .refine((text) => parseCertificate(text)?.isAuthority === true, 'must be the certificate of an authority as PEM')
    .meta({
      title: 'Certificate of the authority',
      description: 'PEM of the one that signs: what does not come from it is not believed',
      isLong: true,
    }),
  folder: folder(
    'Folder of the authority',
    'On this machine, as openssl ca keeps it: index.txt, newcerts and crl.pem. The installation has to allow it (LIVE_FOLDERS)',
  ),
  orders: folder(
    'Folder of orders',
    'Where orders go to whoever keeps the authority, and its answers come from. Empty: nothing can be issued or revoked',
  ),
  key: secretField(
    'Key of the folders',
    'What the file bailiwick.key in both of them says, so that no other organization of this installation can use them',
  ).optional(),
  ocspUrl: address('Address of OCSP', 'Where the authority answers whether a certificate is good'),
  crlUrl: address('Address of the list of revoked certificates', 'Where others fetch it, as DER or PEM'),
  listeners: z
    .string()
    .max(20_000)
    .refine((text) => placesIn(text) !== undefined, 'must be names with ports: api.example:443')
    .default('')
    .meta({
      title: 'Servers that present certificates',
      description: 'host:port, one on each line: what they present is looked at, and nothing is sent',
      isScope: true,
      isLong: true,
    }),
  host: host.optional().meta({
    title: 'Server that asks for certificates',
    description: 'Where a certificate is tried, by TLS. Empty: OCSP or the list decides',
  }),
  port,
  caPem: caPem.meta({
    title: 'Authority of that server',
    description: 'PEM, when that server’s own certificate is not from a public authority',
  }),
})
type X509Config = z.output<typeof x509Config>

export interface TlsPlace {
  host: string
  port: number
}

/** `host:port` on each line, also `[::1]:443`. @returns `undefined` where a line is none */
export function placesIn(text: string): TlsPlace[] | undefined {
  const lines = text.split(/[\s,]+/).filter((line) => line !== '')
  const places = lines.flatMap((line) => {
    const [, name, number] = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]{1,253}):(\d{1,5})$/.exec(line) ?? []
    return name === undefined || !(Number(number) >= 1 && Number(number) <= 65_535)
      ? []
      : [{ host: name, port: Number(number) }]
  })
  return places.length === lines.length ? places : undefined
}

export interface X509Session {
  config: X509Config
  setting: LiveSetting
  authority: Certificate
  folder: CertificateFolder | undefined
  mailbox: Mailbox | undefined
  listeners: readonly TlsPlace[]
}

export async function openX509(config: X509Config, setting: LiveSetting, _call: Call): Promise<X509Session> {
  const authority = parseCertificate(config.authorityPem)
  const listeners = placesIn(config.listeners) ?? []
  if (authority === undefined) throw new LiveError('invalid_config', 'That is no certificate.')
  if (config.folder === undefined && listeners.length === 0)
    throw new LiveError('invalid_config', 'Name the folder of the authority, or servers that present certificates.')
  const allowed = setting.folders ?? []
  return {
    ...{ config, setting, authority, listeners },
    folder: config.folder === undefined ? undefined : await openFolder(config.folder, allowed, config.key),
    mailbox: config.orders === undefined ? undefined : await openMailbox(config.orders, allowed, config.key),
  }
}

/** What an authority publishes is signed: it may come in the clear, also over a public network. */
async function askPublished(
  { setting }: X509Session,
  address: string,
  question: Omit<HttpQuestion, 'path'>,
  call: Call,
): Promise<Buffer> {
  const url = new URL(address)
  const isSafe = url.protocol === 'https:'
  await call.pace()
  const endpoint = { host: url.hostname, port: Number(url.port) || (isSafe ? 443 : 80), tls: 'verify' as const }
  const { tls: safe, ...plain } = await checkPlace(endpoint, setting.outbound)
  const place: CheckedPlace = isSafe && safe !== undefined ? { ...plain, tls: safe } : plain
  const { status, bytes } = await askHttp(place, { ...question, path: `${url.pathname}${url.search}` }, call.signal)
  if (status !== 200) throw new LiveError('unexpected_answer', `${address} answered ${status}.`)
  return bytes
}

/** What stands in the way of an answer is the answer's reason; a stop is a stop. */
function whyNot(thrown: unknown, call: Call): string {
  if (call.signal.aborted) throw thrown
  if (thrown instanceof LiveError) return thrown.message
  const { code } = thrown as { code?: unknown }
  if (typeof code !== 'string') throw thrown
  return `it cannot be reached (${code})`
}

/** What the responder says. `undefined` = the connection names none */
export async function askOcsp(
  session: X509Session,
  certificate: Certificate,
  call: Call,
): Promise<Standing | undefined> {
  const { ocspUrl } = session.config
  if (ocspUrl === undefined) return undefined
  const question = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
    body: ocspQuestion(certificate, session.authority),
  }
  try {
    const bytes = await askPublished(session, ocspUrl, question, call)
    return readOcspAnswer(bytes, certificate, session.authority, Date.now())
  } catch (thrown) {
    return { is: 'unknown', why: `OCSP: ${whyNot(thrown, call)}` }
  }
}

/** The list as others fetch it, or as it lies in the folder. `undefined` = there is none to look at */
export async function readList(
  session: X509Session,
  call: Call,
): Promise<RevocationList | { useless: string } | undefined> {
  const { crlUrl } = session.config
  try {
    const bytes =
      crlUrl === undefined
        ? await session.folder?.read('crl.pem', call)
        : await askPublished(session, crlUrl, { method: 'GET', headers: { accept: '*/*' } }, call)
    return bytes === undefined ? undefined : readRevocationList(bytes, session.authority)
  } catch (thrown) {
    return { useless: whyNot(thrown, call) }
  }
}

/** What the list says of a certificate at this time. */
export async function askList(session: X509Session, certificate: Certificate, call: Call): Promise<Standing> {
  const list = await readList(session, call)
  if (list === undefined) return { is: 'unknown', why: 'there is no list of revoked certificates to look at' }
  if ('useless' in list) return { is: 'unknown', why: `the list of revoked certificates: ${list.useless}` }
  const entry = list.revoked.get(certificate.serial)
  if (entry !== undefined) return { is: 'revoked', ...entry }
  if (list.nextUpdate !== undefined && Date.parse(list.nextUpdate) < Date.now())
    return { is: 'unknown', why: `the list of revoked certificates is out of date since ${list.nextUpdate}` }
  return { is: 'good' }
}

/** What a server presents to whoever comes. Nothing is sent to it, so that nothing has to be proved before. */
export async function lookAt(session: X509Session, place: TlsPlace, call: Call): Promise<Certificate | string> {
  await call.pace()
  const checked = await checkPlace({ ...place, tls: 'verify' }, session.setting.outbound)
  const servername = checked.tls?.servername
  const options = {
    host: checked.address,
    port: checked.port,
    rejectUnauthorized: false,
    ...(servername ? { servername } : {}),
  }
  const socket = tls.connect(options)
  try {
    await handshake(socket, call.signal)
    return parseCertificate(socket.getPeerCertificate().raw ?? Buffer.alloc(0)) ?? 'it presents no certificate'
  } finally {
    socket.destroy()
  }
}

/** A server may say no only after the handshake: in TLS 1.3 that is the rule. */
const quietMs = 700

/**
 * Shows a certificate to the server that asks for them, and waits whether it stays.
 * @returns why it was refused; `undefined` = the server took it
 * @throws LiveError where that server cannot be reached, does not prove its name, or lets in whoever comes
 */
export async function tryAt(
  session: X509Session,
  host: string,
  certificate: Certificate,
  key: Secret,
  call: Call,
): Promise<string | undefined> {
  const shown = { cert: certificate.x509.toString(), key: key.reveal() }
  const refused = await isLetIn(session, host, shown, call)
  if (refused !== undefined) return refused
  if (await tryWithout(session, host, call))
    throw new LiveError('conflict', `${host} lets in who shows no certificate: nothing can be tried there.`)
  return undefined
}

/** Whether that server lets in whoever comes. */
export const tryWithout = async (session: X509Session, host: string, call: Call) =>
  (await isLetIn(session, host, {}, call)) === undefined

async function isLetIn(
  { config: { port, caPem }, setting }: X509Session,
  host: string,
  shown: { cert?: string; key?: string },
  call: Call,
): Promise<string | undefined> {
  await call.pace()
  const place = await checkPlace({ host, port, tls: 'verify', ...(caPem ? { caPem } : {}) }, setting.outbound)
  const socket = tls.connect({ ...place.tls, host: place.address, port, ...shown })
  let refused: string | undefined
  const gone = new Promise<void>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      refused = error.code ?? 'the connection was ended'
      resolve()
    })
    socket.once('close', () => {
      refused ??= 'the connection was ended'
      resolve()
    })
  })
  try {
    await handshake(socket, call.signal)
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, quietMs))])
    return refused
  } catch (error) {
    // What the server has to say against the certificate comes as an alert; anything else is no answer about it.
    const { code = '' } = error as { code?: string }
    if (/_ALERT_|HANDSHAKE_FAILURE/.test(code)) return code
    throw error
  } finally {
    socket.destroy()
  }
}

function handshake(socket: tls.TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new LiveError('cancelled', 'It was cancelled.'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    socket.setTimeout(connectTimeoutMs, () => reject(new LiveError('timed_out', 'The server did not answer in time.')))
    socket.once('secureConnect', resolve)
    // Stays: unheard, an error after the handshake would end the process.
    socket.on('error', reject)
    socket.once('close', () => reject(new LiveError('unreachable', 'The server ended the connection.')))
  })
}
