import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import { closeRedis, explainRedis, openRedis, type RedisSession, readClients, readUsers, redisConfig } from './client'
import { identityHands, passwordHands } from './hands'
import { mapUsers, mayDo, rightsOf, type UserUse } from './map'

const source = 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/'

const identityCard: SemanticsCard = {
  disable: 'ACL SETUSER … off: no new login by any of its passwords.',
  delete: 'ACL DELUSER: the user, its passwords and its connections are gone at once.',
  openSessions: { goOn: true, says: 'Go on after off, blocked commands too, until they are ended (CLIENT KILL USER).' },
  residualSeconds: 0,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'All its passwords work again. If one leaked, remove it before enabling.' },
  twoSecrets: { can: true, says: 'A user may have any number of passwords.' },
  undo: 'Disable: by enable. Delete: none; the user must be made again with its rules.',
  source,
}

const passwordCard: SemanticsCard = {
  disable: 'A single password cannot be disabled: remove it, which can be taken back.',
  delete: 'The password is refused at once; the others of the user work on.',
  openSessions: { goOn: true, says: 'Go on: Redis asks for a password only at login.' },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'A password that is brought back works as before.' },
  twoSecrets: { can: true, says: 'Old and new password work side by side until the old one is removed.' },
  undo: 'By writing its hash back.',
  source,
}

const readOnly = `ACL SETUSER bailiwick on >… +acl|list +acl|cat +acl|whoami +client|list +client|id +info
ACL SAVE`
const acting = `ACL SETUSER bailiwick on >… +acl|list +acl|cat +acl|whoami +acl|setuser +acl|deluser +acl|save
ACL SETUSER bailiwick +client|list +client|id +client|kill +info
ACL SAVE`

export const redis = liveConnector({
  id: 'redis',
  title: 'Redis',
  evidence: 'real',
  config: redisConfig,
  instructions: [
    { title: 'Discover only', language: 'redis', text: readOnly },
    { title: 'Discover, rotate and revoke', language: 'redis', text: acting },
  ],
  requestsPerSecond: 200,
  hands: { identity: identityHands, password: passwordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  open: openRedis,
  close: closeRedis,
  self: ({ user }) => [`user:${user}`],
  describeRights,
  readPage,
  changes: {
    why: 'The server gives its whole list of users in one answer, without times.',
    source: 'https://redis.io/docs/latest/commands/acl-list/',
  },
  explain: explainRedis,
})

/** The user that is signed in, as far as it may see itself. */
async function ownUser(session: RedisSession, call: Call) {
  return (await readUsers(session, call)).find(({ name }) => name === session.user)
}

async function describeRights(session: RedisSession, call: Call): Promise<RightsReport> {
  const own = await ownUser(session, call).catch((error) => {
    if (explainRedis(error)?.code === 'forbidden') return undefined
    throw error
  })
  const may = (what: string, ...commands: string[]) => {
    const missing = commands.filter((command) => own === undefined || !mayDo(own, command, session.categories))
    return missing.length === 0
      ? { what, allowed: true }
      : { what, allowed: false, missing: missing.map((command) => `+${command}`).join(' ') }
  }
  return {
    account: session.user,
    product: `Redis ${session.version}`.trim(),
    statements: [
      may('See users and their rules', 'acl|list', 'acl|cat'),
      may('See who is connected', 'client|list', 'client|id'),
      may('Rotate passwords, disable users', 'acl|setuser'),
      may('Delete users', 'acl|deluser'),
      may('End open connections', 'client|kill', 'client|list'),
      may('Make changes outlive a restart', 'acl|save'),
    ],
  }
}

/** Users by name, so many at a time. The list itself is one answer of Redis. */
async function readPage(
  session: RedisSession,
  { cursor, pageSize = 1000 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const users = (await readUsers(session, call)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const rest = users.filter(({ name }) => cursor === null || name > cursor)
  const page = rest.slice(0, pageSize)
  const own = users.find(({ name }) => name === session.user)
  const used = own && mayDo(own, 'client|list', session.categories) ? await readUse(session, call) : undefined
  const { instance, fingerprint } = session.setting
  return {
    records: mapUsers(page, session.categories, { instance, fingerprint }, used),
    rights: rightsOf(page, own, session.categories),
    refused: [],
    unresolved: [],
    skipped: [],
    next: rest.length > page.length ? (page.at(-1)?.name ?? null) : null,
  }
}

async function readUse(session: RedisSession, call: Call): Promise<Map<string, UserUse>> {
  const now = Date.now()
  const found = new Map<string, UserUse>()
  for (const { user, idleSeconds } of await readClients(session, call)) {
    const lastUsedAt = new Date(now - idleSeconds * 1000).toISOString()
    const known = found.get(user)
    found.set(user, {
      sessions: (known?.sessions ?? 0) + 1,
      lastUsedAt: known !== undefined && known.lastUsedAt > lastUsedAt ? known.lastUsedAt : lastUsedAt,
    })
  }
  return found
}
