import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, RightsReport, SemanticsCard } from '../live-contract'
import { LiveError } from '../live-error'
import { makeSecret } from '../secret'
import { api, openRabbitmq, type RabbitmqSession, rabbitmqConfig, readOwn, readUsers } from './client'
import { identityHands, passwordHands } from './hands'
import { mapPermissions, mapUsers, mapVhosts, type Permission, passwordId, rightsOf } from './map'

const identityCard: SemanticsCard = {
  disable:
    'The password’s hash is emptied: no password fits. A login by certificate or another backend is not ended by it.',
  delete: 'The user, its permissions and its connections are gone at once.',
  openSessions: { goOn: true, says: 'Go on after disable and after a new password, until they are ended.' },
  residualSeconds: 0,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'The same password works again. If it leaked, issue a new one instead.' },
  twoSecrets: { can: false, says: 'A user has one password. For no gap at all, use two users in turn.' },
  undo: 'Disable: by writing the former hash back, which was kept. Delete: none.',
  source: 'https://www.rabbitmq.com/docs/access-control',
}

const passwordCard: SemanticsCard = {
  ...identityCard,
  delete: 'A password cannot be deleted, only emptied: disable.',
  openSessions: { goOn: true, says: 'Go on: RabbitMQ asks for a password only at login.' },
  residualSeconds: null,
  twoSecrets: {
    can: false,
    says: 'The new password replaces the old one at once: everything that holds the old one must change within a window.',
  },
  undo: 'By writing the former hash back, which was kept.',
  source: 'https://www.rabbitmq.com/docs/passwords',
}

export const rabbitmq = liveConnector({
  id: 'rabbitmq',
  title: 'RabbitMQ',
  evidence: 'real',
  config: rabbitmqConfig,
  instructions: [
    {
      title: 'Discover, rotate and revoke',
      language: 'shell',
      text: `# RabbitMQ shows users to administrators only; there is no lesser right to read them.
rabbitmqctl add_user bailiwick
rabbitmqctl set_user_tags bailiwick administrator`,
    },
  ],
  requestsPerSecond: 50,
  hands: { identity: identityHands, password: passwordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  open: openRabbitmq,
  close: async () => {},
  self: ({ config }) => [`user:${config.user}`, passwordId(config.user)],
  describeRights,
  readPage,
  changes: {
    why: 'RabbitMQ lists users and permissions without times of change.',
    source: 'https://www.rabbitmq.com/docs/http-api-reference',
  },
  explain: () => undefined,
})

async function describeRights(session: RabbitmqSession, call: Call): Promise<RightsReport> {
  Object.assign(session, await readOwn(session, call))
  const may = (what: string) =>
    session.tags.includes('administrator')
      ? { what, allowed: true }
      : { what, allowed: false, missing: 'the tag administrator' }
  return {
    account: session.config.user,
    product: `RabbitMQ ${session.version}`,
    statements: [
      may('See users and permissions'),
      may('Rotate passwords, disable and delete users'),
      may('See and end open connections'),
      may('Grant and take back permissions'),
    ],
  }
}

/** Users by name, so many at a time; on the first page everything that is not a user. RabbitMQ gives each list as one answer. */
async function readPage(
  session: RabbitmqSession,
  { cursor, pageSize = 1000 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const empty = { records: [], rights: [], refused: [], unresolved: [], skipped: [] }
  if (cursor === null) Object.assign(session, await readOwn(session, call))
  if (!session.tags.includes('administrator')) {
    const reason = 'this connection lacks the tag administrator'
    return { ...empty, skipped: [{ scope: 'users and permissions', reason }], next: null }
  }
  const users = (await readUsers(session, call)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const rest = users.filter(({ name }) => cursor === null || name > cursor)
  const page = rest.slice(0, pageSize)
  const names = new Set(page.map(({ name }) => name))
  const permissions = await list<Permission>(session, '/api/permissions', call)
  const vhosts = cursor === null ? await list<{ name: string }>(session, '/api/vhosts?columns=name', call) : undefined
  return {
    ...empty,
    records: [
      ...(vhosts === undefined
        ? []
        : mapVhosts(
            vhosts.map(({ name }) => name),
            session.setting.instance,
          )),
      ...mapUsers(page, await readSessions(session, call)),
      ...mapPermissions(permissions.filter(({ user }) => names.has(user))),
    ],
    rights: rightsOf(page, { name: session.config.user, tags: session.tags }),
    next: rest.length > page.length ? (page.at(-1)?.name ?? null) : null,
  }
}

async function list<Row>(session: RabbitmqSession, path: string, call: Call): Promise<Row[]> {
  const found = await api(session, call, { method: 'GET', path })
  if (!Array.isArray(found)) throw new LiveError('unexpected_answer', `${path} did not answer with a list.`)
  return found as Row[]
}

/** Open connections of each user. The list lags behind by up to five seconds. */
async function readSessions(session: RabbitmqSession, call: Call): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const { user } of await list<{ user?: string }>(session, '/api/connections?columns=user', call))
    if (user !== undefined) found.set(user, (found.get(user) ?? 0) + 1)
  return found
}
