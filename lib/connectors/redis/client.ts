import { createClient } from '@redis/client'
import { z } from 'zod'
import { secretField } from '../live-config'
import type { Call, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { checkPlace, connectTimeoutMs, endpointFields } from '../outbound'
import type { Secret } from '../secret'
import { type AclUser, type Categories, parseAclList } from './acl'

export const redisConfig = z.object({
  ...endpointFields(6379),
  user: z.string().trim().min(1).max(200).default('default').meta({ title: 'User' }),
  password: secretField('Password'),
})
export type RedisConfig = z.output<typeof redisConfig>

/** What is used of the driver. */
interface RedisClient {
  readonly isOpen: boolean
  sendCommand: (command: string[]) => Promise<unknown>
  destroy: () => void
}

export interface RedisSession {
  config: RedisConfig
  setting: LiveSetting
  client: RedisClient
  user: string
  version: string
  categories: Categories
}

export async function openRedis(config: RedisConfig, setting: LiveSetting, call: Call): Promise<RedisSession> {
  const client = await signIn(config, setting, config.user, config.password)
  const session = { config, setting, client, user: config.user, version: '', categories: new Map() }
  try {
    const info = String(await ask(client, call, ['INFO', 'server']).catch(nothing))
    const version = /redis_version:(\S+)/.exec(info)?.[1] ?? ''
    const names = (await ask(client, call, ['ACL', 'CAT']).catch(nothing)) as string[] | undefined
    const categories: Categories = new Map()
    for (const name of names ?? [])
      categories.set(name, new Set((await ask(client, call, ['ACL', 'CAT', name])) as string[]))
    return { ...session, version, categories }
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** What a user without that right does not see; everything else is passed on. */
function nothing(thrown: unknown): undefined {
  if (explainRedis(thrown)?.code !== 'forbidden') throw thrown
  return undefined
}

export async function closeRedis({ client }: RedisSession): Promise<void> {
  client.destroy()
}

export async function signIn(
  config: RedisConfig,
  setting: LiveSetting,
  user: string,
  password: Secret,
): Promise<RedisClient> {
  const place = await checkPlace(config, setting.outbound)
  const socket = {
    ...{ host: place.address, port: place.port, connectTimeout: connectTimeoutMs },
    reconnectStrategy: false as const,
  }
  const client = createClient({
    username: user,
    password: password.reveal(),
    RESP: 2,
    disableClientInfo: true,
    socket: place.tls === undefined ? socket : { ...socket, ...place.tls, tls: true },
  })
  // The next command tells that the connection broke; unheard, the event would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    if (client.isOpen) client.destroy()
    throw error
  }
  return client
}

export async function ask(client: RedisClient, call: Call, command: string[]): Promise<unknown> {
  await call.pace()
  return client.sendCommand(command)
}

/** Commands that leave together: who is gone after the first has sent the second as well. @throws what the first was answered */
export async function askTogether(
  client: RedisClient,
  call: Call,
  [first, second]: [string[], string[]],
): Promise<PromiseSettledResult<unknown>> {
  await call.pace()
  await call.pace()
  const [done, after] = await Promise.allSettled([client.sendCommand(first), client.sendCommand(second)])
  if (done.status === 'rejected') throw done.reason
  return after
}

/** All users with their rules: one answer, read as a whole. */
export async function readUsers({ client }: RedisSession, call: Call): Promise<AclUser[]> {
  return parseAclList((await ask(client, call, ['ACL', 'LIST'])) as string[])
}

export interface RedisUse {
  id: string
  user: string
  from: string
  program: string
  ageSeconds: number
  idleSeconds: number
  /** Our own connection. */
  isOwn: boolean
}

/** Who is connected, our own connection too. */
export async function readClients({ client }: RedisSession, call: Call): Promise<RedisUse[]> {
  const own = String(await ask(client, call, ['CLIENT', 'ID']).catch(nothing))
  const text = String(await ask(client, call, ['CLIENT', 'LIST']))
  return text.split('\n').flatMap((line) => {
    const fields = new Map(
      line.split(' ').map((part): [string, string] => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]),
    )
    const [id, user] = [fields.get('id'), fields.get('user')]
    if (id === undefined || user === undefined) return []
    return [
      {
        ...{ id, user, from: fields.get('addr') ?? '', program: fields.get('name') || fields.get('lib-name') || '' },
        ...{ ageSeconds: Number(fields.get('age')), idleSeconds: Number(fields.get('idle')), isOwn: id === own },
      },
    ]
  })
}

export function explainRedis(thrown: unknown): LiveError | undefined {
  const said = thrown instanceof Error ? thrown.message : ''
  if (/^WRONGPASS/.test(said)) return new LiveError('login_refused', 'Redis refused the user or its password.')
  if (/^NOAUTH/.test(said)) return new LiveError('login_refused', 'Redis demands a login.')
  if (/^NOPERM/.test(said)) return new LiveError('forbidden', `Redis refused it: ${said.slice(7)}.`)
  if (/^(LOADING|BUSY|MASTERDOWN|TRYAGAIN)/.test(said)) return new LiveError('rate_limited', 'Redis is busy.')
  if (/max number of clients/.test(said)) return new LiveError('rate_limited', 'Redis takes no more connections.')
  if (/timeout/i.test(said)) return new LiveError('timed_out', 'Redis did not answer in time.')
  if (/Socket closed|client is (closed|offline)|disconnect/i.test(said))
    return new LiveError('unreachable', 'The connection to Redis is broken.')
  if (/^[A-Z]+ /.test(said)) return new LiveError('refused_by_source', `Redis answered: ${said.slice(0, 300)}.`)
  return undefined
}
