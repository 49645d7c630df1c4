import { randomBytes } from 'node:crypto'
import type { AttemptOrder, Call, Verdict } from '../live-contract'
import { LiveError } from '../live-error'
import type { Categories } from './acl'
import { ask, explainRedis, type RedisSession, signIn } from './client'

/** Commands that change nothing, whatever lies under the key. */
const reads: Record<string, readonly string[]> = {
  ...{
    get: [],
    exists: [],
    type: [],
    ttl: [],
    pttl: [],
    strlen: [],
    hgetall: [],
    hlen: [],
    hkeys: [],
    llen: [],
    scard: [],
  },
  ...{
    smembers: [],
    zcard: [],
    xlen: [],
    hget: ['field'],
    lrange: ['0', '0'],
    zrange: ['0', '0'],
    getrange: ['0', '0'],
  },
}

/** Commands that change nothing where no such key is: a key is tried that nobody can have made. */
const writes: Record<string, readonly string[]> = {
  ...{
    set: ['', 'XX'],
    del: [],
    unlink: [],
    persist: [],
    expire: ['1'],
    getdel: [],
    hdel: ['field'],
    srem: ['member'],
  },
  ...{ zrem: ['member'], lrem: ['0', 'value'], lpop: [], rpop: [], spop: [], lpushx: ['value'], rpushx: ['value'] },
}

/** Of a category so many commands are tried. */
const mostOfCategory = 3

/** A key that a pattern of an ACL rule takes in, and whether somebody may have it; `undefined` for a pattern that says more than `*` and `?`. */
function keyOf(pattern: string, mark: string): { key: string; isOwn: boolean } | undefined {
  if (/[[\]\\]/.test(pattern)) return undefined
  const isOwn = pattern.includes('*')
  return { key: pattern.replace('*', `bailiwick-${mark}`).replaceAll('*', '').replaceAll('?', 'x'), isOwn }
}

/**
 * The harmless commands by which rights on keys are tried: those that are named, and of a category a few that are in it.
 * @param mark what makes the key one that nobody has
 */
export function commandsFor(
  { on, scopes }: Pick<AttemptOrder, 'on' | 'scopes'>,
  categories: Categories,
  mark: string,
): string[][] {
  const found = keyOf(/^keys:(\S+)$/.exec(on)?.[1] ?? '[', mark)
  if (found === undefined) return []
  const known = found.isOwn ? { ...reads, ...writes } : reads
  const wanted = scopes.flatMap((scope) => {
    const name = scope.toLowerCase().replace(/^\+/, '')
    if (!name.startsWith('@')) return Object.hasOwn(known, name) ? [name] : []
    const inside = categories.get(name.slice(1))
    return Object.keys(known)
      .filter((command) => name === '@all' || inside?.has(command))
      .slice(0, mostOfCategory)
  })
  return [...new Set(wanted)].map((command) => [command, found.key, ...(known[command] ?? [])])
}

/**
 * Signs in as the user and tries the right. Refused is what Redis itself refuses for want of a right (NOPERM); a user that cannot sign in
 * has shown nothing about it. One command that is let through is enough for `accepted`.
 */
export async function attempt(session: RedisSession, order: AttemptOrder, call: Call): Promise<Verdict> {
  const commands = commandsFor(order, session.categories, randomBytes(12).toString('hex'))
  if (commands.length === 0)
    return { answer: 'unknown', reason: `Redis has no harmless way to try this right on ${order.on}` }
  const name = /^user:([^\s#]+)/.exec(order.target.identity)?.[1] ?? ''
  let client: Awaited<ReturnType<typeof signIn>>
  try {
    client = await signIn(session.config, session.setting, name, order.secret)
  } catch (thrown) {
    const error = thrown instanceof LiveError ? thrown : explainRedis(thrown)
    return { answer: 'unknown', reason: error?.message ?? 'the user could not sign in' }
  }
  try {
    for (const command of commands) {
      const says = command.slice(0, 2).join(' ')
      const isRefused = await ask(client, call, command).then(
        () => false,
        (thrown: unknown) => {
          if (explainRedis(thrown)?.code === 'forbidden') return true
          // What lies there is of another kind: it was let at it.
          if (thrown instanceof Error && thrown.message.startsWith('WRONGTYPE')) return false
          throw thrown
        },
      )
      if (!isRefused) return { answer: 'accepted', reason: `Redis allowed ${says}` }
    }
    return { answer: 'refused', reason: `Redis refused ${commands.map(([command]) => command).join(', ')} (NOPERM)` }
  } finally {
    client.destroy()
  }
}
