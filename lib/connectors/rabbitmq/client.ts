import { connect } from 'amqplib'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting, Verdict } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import { askHttp, type HttpQuestion, retryAfterMs } from '../outbound-http'
import type { Secret } from '../secret'

export const rabbitmqConfig = z.object({
  ...endpointFields(15_672),
  amqpPort: z.coerce.number().int().min(1).max(65_535).default(5672).meta({
    title: 'Port of AMQP',
    description: 'Where secrets are tried',
  }),
  user: z.string().trim().min(1).max(200).meta({ title: 'User' }),
  password: secretField('Password'),
})
export type RabbitmqConfig = z.output<typeof rabbitmqConfig>

export interface RabbitmqSession {
  config: RabbitmqConfig
  setting: LiveSetting
  tags: string[]
  version: string
}

/** A user as `/api/users` gives it. The hash never leaves the connector. */
export interface RabbitUser {
  name: string
  hash: string
  algorithm: string
  tags: string[]
}

export async function openRabbitmq(config: RabbitmqConfig, setting: LiveSetting, call: Call): Promise<RabbitmqSession> {
  const session = { config, setting, tags: [], version: '' }
  const { tags, version } = await readOwn(session, call)
  return { ...session, tags, version }
}

/** The rights as they are now: they may be taken away meanwhile. */
export async function readOwn(session: RabbitmqSession, call: Call): Promise<{ tags: string[]; version: string }> {
  const who = (await api(session, call, { method: 'GET', path: '/api/whoami' })) as { tags?: unknown }
  const about = (await api(session, call, { method: 'GET', path: '/api/overview' })) as { rabbitmq_version?: unknown }
  return { tags: readTags(who.tags), version: String(about.rabbitmq_version ?? '') }
}

/** A list since 3.9, words with commas before. */
function readTags(tags: unknown): string[] {
  const words = Array.isArray(tags) ? tags.map(String) : String(tags ?? '').split(',')
  return words.map((word) => word.trim()).filter((word) => word !== '')
}

/** One question to the management interface; `undefined` where nothing is there (404). */
export async function api(
  { config, setting }: RabbitmqSession,
  call: Call,
  question: Omit<HttpQuestion, 'body'> & { body?: object },
): Promise<unknown> {
  await call.pace()
  const place = await checkPlace(config, setting.outbound)
  const login = Buffer.from(`${config.user}:${config.password.reveal()}`).toString('base64')
  const answer = await askHttp(
    place,
    {
      method: question.method,
      path: question.path,
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
      ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
    },
    call.signal,
  )
  if (answer.status === 404) return undefined
  if (answer.status >= 200 && answer.status < 300) return answer.text === '' ? {} : parse(answer.text)
  const reason = reasonOf(answer.text)
  if (answer.status === 401 && /login failed/i.test(reason))
    throw new LiveError('login_refused', 'RabbitMQ refused the user or its password.')
  if (answer.status === 401 || answer.status === 403)
    throw new LiveError('forbidden', `RabbitMQ refused it: ${reason || 'no right'}.`)
  if (answer.status === 429 || answer.status === 503)
    throw new LiveError('rate_limited', 'RabbitMQ is busy.', retryAfterMs(answer))
  if (answer.status >= 500) throw new LiveError('unreachable', `RabbitMQ failed with ${answer.status}.`)
  if (answer.status >= 300 && answer.status < 400)
    throw new LiveError(
      'unexpected_answer',
      'The server points elsewhere, which is not followed. Name the right address.',
    )
  throw new LiveError('refused_by_source', `RabbitMQ answered ${answer.status}: ${reason}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiveError('unexpected_answer', 'What answers there is not RabbitMQ’s management interface.')
  }
}

function reasonOf(text: string): string {
  try {
    const { reason } = JSON.parse(text) as { reason?: unknown }
    return typeof reason === 'string' ? reason.slice(0, 300) : ''
  } catch {
    return ''
  }
}

export async function readUsers(session: RabbitmqSession, call: Call): Promise<RabbitUser[]> {
  const found = await api(session, call, { method: 'GET', path: '/api/users' })
  if (!Array.isArray(found)) throw new LiveError('unexpected_answer', 'The list of users is not a list.')
  return found.flatMap(toUser)
}

export async function findUser(session: RabbitmqSession, name: string, call: Call): Promise<RabbitUser | undefined> {
  return toUser(await api(session, call, { method: 'GET', path: `/api/users/${encodeURIComponent(name)}` }))[0]
}

function toUser(value: unknown): RabbitUser[] {
  const { name, password_hash: hash, hashing_algorithm: algorithm, tags } = (value ?? {}) as Record<string, unknown>
  if (typeof name !== 'string') return []
  return [
    {
      name,
      hash: typeof hash === 'string' ? hash : '',
      algorithm: typeof algorithm === 'string' ? algorithm : 'rabbit_password_hashing_sha256',
      tags: readTags(tags),
    },
  ]
}

/** A login by AMQP, as the consumers of a secret make it. */
export async function tryLogin({ config, setting }: RabbitmqSession, user: string, secret: Secret): Promise<Verdict> {
  const place = await checkPlace({ ...config, port: config.amqpPort }, setting.outbound)
  const protocol = place.tls === undefined ? 'amqp' : 'amqps'
  const login = { username: user, password: secret.reveal(), vhost: '/', heartbeat: 10 }
  try {
    const connection = await connect(
      { protocol, hostname: place.address, port: place.port, ...login },
      { ...(place.tls ?? {}), timeout: connectTimeoutMs },
    )
    connection.on('error', () => {})
    await connection.close()
    return { answer: 'accepted', reason: 'RabbitMQ let it in' }
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : ''
    if (/ACCESS[_-]REFUSED/.test(said)) return { answer: 'refused', reason: 'RabbitMQ refused it (403 ACCESS_REFUSED)' }
    // The login was accepted before the virtual host was asked for.
    if (/Expected ConnectionOpenOk/.test(said))
      return { answer: 'accepted', reason: 'the password was accepted; the virtual host / is closed to the user' }
    return { answer: 'unknown', reason: 'the connection failed before an answer came' }
  }
}
