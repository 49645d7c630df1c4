import net from 'node:net'
import ssh2, { type Client, type ParsedKey, type SFTPWrapper, type Stats } from 'ssh2'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import type { Secret } from '../secret'
import { isAccountName } from './accounts'
import { describeKey, fingerprintOf, type PublicKey } from './public-key'

const print = 'SHA256:[A-Za-z0-9+/]{43}'
const path = (title: string, description: string) =>
  z
    .string()
    .trim()
    .max(1000)
    .regex(/^\/[^\0]*$/, 'must be a path that begins with a slash')
    .optional()
    .meta({ title, description, isScope: true })

export const namesIn = (text: string) => text.split(/[\s,]+/).filter((name) => name !== '')

const { host, port } = endpointFields(22)
export const sshConfig = z.object({
  ...{ host, port },
  hostFingerprints: z
    .string()
    .max(2000)
    .regex(new RegExp(print), 'must hold a fingerprint as ssh-keygen -lf prints it: SHA256: and 43 characters')
    .meta({
      title: 'Fingerprints of the server’s keys',
      description:
        'What ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub says on the server itself. No other server is spoken to',
    }),
  user: z.string().trim().max(100).refine(isAccountName, 'must be the name of an account').meta({ title: 'Account' }),
  privateKeyPem: secretField('Private key', 'In the form of OpenSSH or PEM, without a passphrase'),
  accounts: z
    .string()
    .max(20_000)
    .refine((text) => namesIn(text).every(isAccountName), 'must be names of accounts with commas between them')
    .default('')
    .meta({
      title: 'Accounts to read',
      description: 'Names with commas between them. Empty: all that /etc/passwd holds',
      isScope: true,
    }),
  keyFiles: z.string().trim().min(1).max(1000).default('.ssh/authorized_keys .ssh/authorized_keys2').meta({
    title: 'Files of keys',
    description: 'As AuthorizedKeysFile in sshd_config, with %h and %u. New keys go to the first',
    isScope: true,
  }),
  revokedKeys: path('List of revoked keys', 'RevokedKeys in sshd_config: a KRL, into which revoked certificates go'),
  certificates: path('Register of certificates', 'A file with every certificate that was issued, one in a line'),
})
export type SshConfig = z.output<typeof sshConfig>

/** What is run on the server: nothing else is, and nothing is put into it. Names go in as input. */
const commands = {
  listSessions: 'ps --no-headers -ww -o pid,user:64,etimes,args -p 1 -C sshd,sshd-session',
  mayEndSessions: 'sudo -n -l /usr/local/sbin/bailiwick-end-sessions',
  endSessions: 'sudo -n /usr/local/sbin/bailiwick-end-sessions',
  mayEndSessionsAsRoot: 'ls /usr/local/sbin/bailiwick-end-sessions',
  endSessionsAsRoot: '/usr/local/sbin/bailiwick-end-sessions',
} as const

export type FileStats = Stats

const outputBytes = 4 * 1024 * 1024

export interface SshSession {
  config: SshConfig
  setting: LiveSetting
  client: Client
  sftp: SFTPWrapper
  /** What the server calls itself: `OpenSSH_9.2p1 Debian-2`. */
  product: string
  ownKey: PublicKey
  closed: AbortSignal
}

export async function openSsh(config: SshConfig, setting: LiveSetting, _call: Call): Promise<SshSession> {
  const ownKey = publicKeyOf(config.privateKeyPem)
  const { client, product, closed } = await signIn(config, setting, config.user, config.privateKeyPem)
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, opened) => (error ? reject(noFiles(error)) : resolve(opened)))
    })
    return { config, setting, client, sftp, product, ownKey, closed }
  } catch (error) {
    client.destroy()
    throw error
  }
}

const noFiles = (error: Error) =>
  new LiveError('forbidden', `The server opens no SFTP for this account: ${error.message}.`)

export async function closeSsh({ client }: SshSession): Promise<void> {
  client.destroy()
}

/** The key that belongs to a private one. @throws LiveError `invalid_config` where it is none, or has a passphrase */
export function publicKeyOf(secret: Secret): PublicKey {
  const parsed = ssh2.utils.parseKey(secret.reveal().trim()) as ParsedKey | ParsedKey[] | Error
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || key instanceof Error || !key.isPrivateKey())
    throw new LiveError('invalid_config', 'That is no private key of SSH, or it has a passphrase: give one without.')
  const known = describeKey(Buffer.from(key.getPublicSSH()), key.type)
  if (known === undefined) throw new LiveError('invalid_config', `Keys of the type ${key.type} are not supported.`)
  return known
}

interface SignedIn {
  client: Client
  product: string
  closed: AbortSignal
}

/**
 * Signs in with a key and nothing else, at the address that was checked, to a server whose key the configuration names.
 * @throws LiveError `login_refused`, `unreachable`, `timed_out`, `blocked_address`, `invalid_config`
 */
export async function signIn(config: SshConfig, setting: LiveSetting, user: string, key: Secret): Promise<SignedIn> {
  publicKeyOf(key)
  // SSH proves the server by its own key, which is named in the configuration, and never goes in the clear.
  const place = await checkPlace({ host: config.host, port: config.port, tls: 'verify' }, setting.outbound)
  const known = new Set(config.hostFingerprints.match(new RegExp(print, 'g')))
  const client = new ssh2.Client()
  const end = new AbortController()
  let [product, shown] = ['', '']
  const work = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    // Stays: unheard, an error after the sign-in would end the process.
    client.on('error', (error) => {
      const isOther = shown !== '' && !known.has(shown)
      reject(isOther ? otherServer(shown) : (explainSsh(error) ?? error))
    })
    client.once('close', () => {
      end.abort()
      reject(new LiveError('unreachable', 'The server ended the connection before the sign-in.'))
    })
  })
  // Every question waits for its answer: none may wait for more to be sent with it.
  const socket = net.connect({ host: place.address, port: place.port, noDelay: true })
  client.connect({
    sock: socket,
    username: user,
    privateKey: key.reveal().trim(),
    authHandler: ['publickey'],
    readyTimeout: connectTimeoutMs,
    keepaliveInterval: 15_000,
    hostVerifier: (hostKey: Buffer) => {
      shown = fingerprintOf(hostKey)
      return known.has(shown)
    },
    algorithms: {
      serverHostKey: [
        'ssh-ed25519',
        'ecdsa-sha2-nistp256',
        'ecdsa-sha2-nistp384',
        'ecdsa-sha2-nistp521',
        'rsa-sha2-512',
        'rsa-sha2-256',
      ],
    },
  })
  // Listens beside the driver: the first line is what the server calls itself.
  socket.once('data', (chunk: Buffer) => {
    product = /^SSH-2\.0-([^\r\n]{1,200})/m.exec(chunk.toString('latin1'))?.[1] ?? ''
  })
  try {
    await work
    return { client, product, closed: end.signal }
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  }
}

const otherServer = (shown: string) =>
  new LiveError(
    'unreachable',
    `The server shows a key that this connection does not know, ${shown}: nothing was sent. If the server got new keys, compare this with what ssh-keygen -lf says on the server itself.`,
  )

/** Runs one of the fixed commands, with this as its input. */
export async function run(
  session: SshSession,
  command: keyof typeof commands,
  call: Call,
  input = '',
): Promise<{ code: number | null; output: string; errors: string }> {
  await call.pace()
  return unlessClosed(session, (resolve, reject) =>
    session.client.exec(commands[command], (failed, channel) => {
      if (failed)
        return reject(new LiveError('forbidden', `The server runs no commands for this account: ${failed.message}.`))
      let [output, errors, code] = ['', '', null as number | null]
      const take = (text: string, chunk: Buffer) => {
        if (text.length + chunk.length > outputBytes) channel.destroy()
        return text + chunk.toString('utf8')
      }
      channel.on('data', (chunk: Buffer) => {
        output = take(output, chunk)
      })
      channel.stderr.on('data', (chunk: Buffer) => {
        errors = take(errors, chunk)
      })
      channel.once('exit', (exit: number | null) => {
        code = exit
      })
      channel.once('close', () => resolve({ code, output, errors }))
      channel.end(input)
    }),
  )
}

/** One question by SFTP. */
export async function ask<T = undefined>(
  session: SshSession,
  call: Call,
  work: (sftp: SFTPWrapper, done: (error?: Error | null, value?: T) => void) => unknown,
): Promise<T> {
  if (call.signal.aborted) throw new LiveError('cancelled', 'It was cancelled.')
  return unlessClosed(session, (resolve, reject) =>
    work(session.sftp, (error, value) => (error ? reject(error) : resolve(value as T))),
  )
}

/** The driver leaves what is asked after the end without an answer. */
function unlessClosed<T>(
  { closed }: SshSession,
  work: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(new LiveError('unreachable', 'The connection to the server is broken.'))
    if (closed.aborted) return stop()
    closed.addEventListener('abort', stop, { once: true })
    const settled = <Value>(then: (value: Value) => void) => {
      return (value: Value) => {
        closed.removeEventListener('abort', stop)
        then(value)
      }
    }
    work(settled(resolve), settled(reject))
  })
}

/** What SFTP and the driver say. */
export function explainSsh(thrown: unknown): LiveError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof LiveError) return undefined
  const { level, code, message } = thrown as Error & { level?: unknown; code?: unknown }
  if (level === 'client-authentication')
    return new LiveError('login_refused', 'The server refused the account or its key.')
  if (level === 'client-timeout') return new LiveError('timed_out', 'The server did not answer in time.')
  if (level === 'handshake' || level === 'protocol')
    return new LiveError('unreachable', `The server and this connection found no common ground: ${message}.`)
  if (code === 2) return new LiveError('not_found', 'The server holds no such file.')
  if (code === 3) return new LiveError('forbidden', 'The server refused it: permission denied.')
  if (code === 8) return new LiveError('refused_by_source', 'The server’s SFTP cannot do that.')
  if (typeof code === 'number') return new LiveError('refused_by_source', `The server refused it: ${message}.`)
  if (/does not support/.test(message))
    return new LiveError(
      'refused_by_source',
      'The server’s SFTP cannot replace a file in one step: nothing was changed.',
    )
  if (/not connected|no response from server|channel/i.test(message))
    return new LiveError('unreachable', 'The connection to the server is broken.')
  return undefined
}
