import { createPrivateKey, sign } from 'node:crypto'
import net from 'node:net'
import ssh2 from 'ssh2'
import { z } from 'zod'
import { askJson, demandGood, type JsonAnswer, type JsonQuestion, type JsonSource } from '../json-source'
import { pathField, plainPath, secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import { type HttpAnswer, retryAfterMs } from '../outbound-http'
import { Secret } from '../secret'
import { isFields, list, own, text } from './fields'

const { host, port, ...endpoint } = endpointFields(443)

export const githubConfig = z.object({
  host: host.default('api.github.com').meta({
    title: 'Host of the API',
    description: 'With data residency api.SUBDOMAIN.ghe.com; for a server of your own its name, with the path /api/v3',
  }),
  port,
  ...endpoint,
  path: pathField('Path', 'Empty, or /api/v3 for a server of your own', plainPath, 200),
  organization: z
    .string()
    .trim()
    .regex(/^[\w-]{1,100}$/, 'must be the login of an organization')
    .meta({ title: 'Organization' }),
  appId: z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, 'must be a number')
    .meta({ title: 'App id', description: 'The number of the GitHub App that this connection signs in as' }),
  privateKeyPem: secretField('Private key of the app', 'The PEM file that GitHub made for it').meta({ isLong: true }),
  gitHost: host
    .default('github.com')
    .meta({ title: 'Host of Git by SSH', description: 'Where deploy keys are tried: a sign-in, and nothing is read' }),
  gitPort: port.default(22).meta({ title: 'Port of Git by SSH' }),
  apps: secretField(
    'Apps to suspend',
    'GitHub lets only an app itself suspend its installations. For each of your own: its number on a line, its private key below',
  )
    .optional()
    .meta({ isLong: true }),
  tokens: secretField(
    'Tokens to end everywhere',
    'Values of tokens that leaked, one on each line. Whoever holds the value may have GitHub revoke it',
  )
    .optional()
    .meta({ isLong: true }),
})
export type GithubConfig = z.output<typeof githubConfig>

export interface GithubSession {
  config: GithubConfig
  setting: LiveSetting
  source: JsonSource
  /** As `GET /orgs/ORG/installation` tells of it. */
  installation: Record<string, unknown>
  permissions: Readonly<Record<string, string>>
  token: { value: Secret; until: number }
  /** Private keys of other apps, by the app's number. */
  apps: ReadonlyMap<string, Secret>
  tokens: readonly Secret[]
  /** Repositories of deploy keys that were seen, by the key's id. */
  repositoryOf: Map<string, string>
}

/** Who asks: the installation, an app as such, the holder of a token, or nobody. */
type Asker = 'installation' | 'nobody' | { app: string; key: Secret } | { token: Secret }

export async function openGithub(config: GithubConfig, setting: LiveSetting, call: Call): Promise<GithubSession> {
  const source: JsonSource = {
    ...{ title: 'GitHub', endpoint: config, outbound: setting.outbound },
    ...{ reasonOf, waitMs },
  }
  const apps = readApps(config.apps?.reveal() ?? '')
  for (const key of [config.privateKeyPem, ...apps.values()]) demandRsa(key)
  const tokens = (config.tokens?.reveal() ?? '').split(/\s+/).flatMap((line) => (line === '' ? [] : [new Secret(line)]))
  const session: GithubSession = {
    ...{ config, setting, source, installation: {}, permissions: {}, apps, tokens, repositoryOf: new Map() },
    token: { value: new Secret(''), until: 0 },
  }
  const answer = await ask(
    session,
    { method: 'GET', path: `/orgs/${config.organization}/installation` },
    call,
    self(session),
  )
  if (answer.status === 404)
    throw new LiveError('login_refused', `The app ${config.appId} is not installed on ${config.organization}.`)
  const installation = demandGood(source, answer)
  if (!isFields(installation) || typeof installation.id !== 'number')
    throw new LiveError('unexpected_answer', 'What answers there is not GitHub.')
  if (text(own(installation, 'suspended_at')) !== undefined)
    throw new LiveError('login_refused', 'The installation that this connection lives on is suspended.')
  const given = Object.entries(isFields(installation.permissions) ? installation.permissions : {})
  session.installation = installation
  session.permissions = Object.fromEntries(given.map(([name, level]) => [name, String(level)]))
  await renew(session, call)
  return session
}

const self = ({ config }: GithubSession) => ({ app: config.appId, key: config.privateKeyPem })

/** A number on a line, and a private key below it. */
function readApps(written: string): Map<string, Secret> {
  const blocks = [...written.matchAll(/^\s*(\d{1,15})\s*\r?\n\s*(-----BEGIN[\s\S]+?-----END[^\n]*-----)/gm)]
  if (blocks.length === 0 && written.trim() !== '')
    throw new LiveError('invalid_config', 'Apps to suspend: write the number of each app, and its private key below.')
  return new Map(blocks.map(([, id = '', pem = '']) => [id, new Secret(pem)]))
}

function demandRsa(key: Secret): void {
  try {
    if (createPrivateKey(key.reveal()).asymmetricKeyType === 'rsa') return
  } catch {
    // Told below: what OpenSSL says quotes nothing, and helps nobody.
  }
  throw new LiveError('invalid_config', 'That is not the private key of a GitHub App: a PEM file with an RSA key.')
}

/** What an app proves itself by; GitHub takes ten minutes at most. */
function appToken({ app, key }: { app: string; key: Secret }): Secret {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  // A minute of slack for clocks that differ.
  const content = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: now - 60, exp: now + 540, iss: app })}`
  return new Secret(`${content}.${sign('RSA-SHA256', Buffer.from(content), key.reveal()).toString('base64url')}`)
}

async function renew(session: GithubSession, call: Call): Promise<void> {
  const path = `/app/installations/${session.installation.id}/access_tokens`
  const body = demandGood(session.source, await ask(session, { method: 'POST', path }, call, self(session)))
  const value = text(own(body, 'token'))
  if (value === undefined) throw new LiveError('unexpected_answer', 'GitHub gave no installation token.')
  const until = Date.parse(text(own(body, 'expires_at')) ?? '') || Date.now() + 3_000_000
  session.token = { value: new Secret(value), until: until - 60_000 }
}

/** One question; paths are those of the API, without what comes before them on a server of one's own. */
export async function ask(
  session: GithubSession,
  question: JsonQuestion,
  call: Call,
  asker: Asker = 'installation',
  secrets: readonly Secret[] = [],
): Promise<JsonAnswer> {
  if (asker === 'installation' && Date.now() > session.token.until) await renew(session, call)
  const once = () => {
    const proof =
      asker === 'nobody'
        ? undefined
        : asker === 'installation'
          ? session.token.value
          : 'token' in asker
            ? asker.token
            : appToken(asker)
    const headers = {
      accept: 'application/vnd.github+json',
      'user-agent': 'bailiwick',
      'x-github-api-version': '2022-11-28',
      ...(proof === undefined ? {} : { authorization: `Bearer ${proof.reveal()}` }),
      ...question.headers,
    }
    const path = `${(session.config.path ?? '').replace(/\/+$/, '')}${question.path}`
    return askJson(session.source, { ...question, path, headers }, call, [...(proof ? [proof] : []), ...secrets])
  }
  const answer = await once()
  if (answer.status !== 401 || asker !== 'installation') return answer
  await renew(session, call)
  return once()
}

/** The body of an answer to the installation. @throws what `demandGood` throws */
export async function read(session: GithubSession, path: string, call: Call): Promise<unknown> {
  return demandGood(session.source, await ask(session, { method: 'GET', path }, call))
}

function reasonOf(body: unknown): string | undefined {
  const said = [
    own(body, 'message'),
    ...list(own(body, 'errors')).map((each) => (isFields(each) ? each.message : each)),
  ]
  const words = said.flatMap((each) => text(each) ?? [])
  return words.length === 0 ? undefined : words.join(': ')
}

/** GitHub says by 403 too that it was asked too often. */
export function waitMs(answer: HttpAnswer): number | undefined {
  const { status, headers } = answer
  if (status !== 403 && status !== 429) return undefined
  const asked = retryAfterMs(answer)
  if (asked !== undefined) return asked
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset']) * 1000
    return Number.isFinite(reset) ? Math.max(0, reset - Date.now()) : 60_000
  }
  return /secondary rate limit/i.test(answer.text) ? 60_000 : undefined
}

/** A new key, as OpenSSH writes it. */
export const makeKey = () => new Secret(ssh2.utils.generateKeyPairSync('ed25519', { comment: 'bailiwick' }).private)

/** The public half, as GitHub takes it. @throws LiveError `conflict` where that is no private key, or has a passphrase */
export function publicKeyOf(secret: Secret): string {
  const parsed = ssh2.utils.parseKey(secret.reveal().trim())
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || key instanceof Error || !key.isPrivateKey())
    throw new LiveError('conflict', 'That is no private key of SSH, or it has a passphrase.')
  return `${key.type} ${key.getPublicSSH().toString('base64')}`
}

/**
 * Signs in to Git by SSH and reads no repository: what GitHub says to it. `undefined` = the key was refused. GitHub's API tells by
 * which keys its server proves itself; no other server is spoken to.
 */
export async function greetingFor(session: GithubSession, key: Secret, call: Call): Promise<string | undefined> {
  const hostKeys = list(own(await read(session, '/meta', call), 'ssh_keys'))
  const known = new Set(hostKeys.flatMap((line) => text(line)?.split(' ')[1] ?? []))
  if (known.size === 0)
    throw new LiveError('unexpected_answer', 'GitHub does not say by which keys its SSH proves itself.')
  const { gitHost, gitPort } = session.config
  const place = await checkPlace({ host: gitHost, port: gitPort, tls: 'verify' }, session.setting.outbound)
  const client = new ssh2.Client()
  const socket = net.connect({ host: place.address, port: place.port, noDelay: true })
  const stop = () => socket.destroy()
  call.signal.addEventListener('abort', stop, { once: true })
  let isOther = false
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      client.once('close', () => reject(new LiveError('unreachable', 'GitHub ended the connection.')))
      client.on('error', (error: Error & { level?: string }) => {
        if (isOther)
          reject(new LiveError('unreachable', 'The SSH server shows a key that is not GitHub’s: nothing was sent.'))
        else if (error.level === 'client-authentication') resolve(undefined)
        else reject(new LiveError('unreachable', `Git by SSH cannot be reached: ${error.message}.`))
      })
      client.once('ready', () =>
        client.shell(false, (failed, channel) => {
          // Let in all the same: GitHub has no shell, it only says who it takes the key for.
          if (failed) return resolve('')
          let said = ''
          const take = (chunk: Buffer) => {
            if (said.length < 2000) said += chunk.toString('utf8')
          }
          channel.on('data', take)
          channel.stderr.on('data', take)
          channel.once('close', () => resolve(said))
        }),
      )
      client.connect({
        ...{ sock: socket, username: 'git', privateKey: key.reveal().trim(), authHandler: ['publickey'] },
        readyTimeout: connectTimeoutMs,
        hostVerifier: (shown: Buffer) => {
          isOther = !known.has(shown.toString('base64'))
          return !isOther
        },
      })
    })
  } finally {
    call.signal.removeEventListener('abort', stop)
    client.destroy()
    socket.destroy()
  }
}
