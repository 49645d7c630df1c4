import type { NormalisedRecord } from '../contract'
import { liveConnector } from '../live-connector'
import type { Call, DiscoveryPage, RightsReport, SemanticsCard } from '../live-contract'
import { LiveError, networkError } from '../live-error'
import { type A2aSession, a2aConfig, type FoundCard, fetchCard, openA2a } from './client'
import { mapCards } from './map'

const card: SemanticsCard = {
  disable: 'A2A knows no switch for an agent: end it where it runs, or refuse its callers there.',
  delete: 'A card that is taken down hides the agent and ends nothing: the agent answers whoever knows its address.',
  openSessions: { goOn: true, says: 'Tasks that were begun go on until the agent ends them.' },
  residualSeconds: null,
  refusedWithinSeconds: 0,
  enablingRevives: { does: false, says: 'Nothing is enabled here.' },
  twoSecrets: { can: false, says: 'A card names the schemes by which callers sign in, and no secrets.' },
  undo: 'Nothing is changed here, so that there is nothing to undo.',
  source: 'https://a2a-protocol.org/latest/specification/',
}

export const a2a = liveConnector({
  id: 'a2a',
  title: 'A2A agents',
  evidence: 'real',
  config: a2aConfig,
  instructions: [
    {
      title: 'Discover',
      language: 'shell',
      text: `# Cards are public: no account and no secret is needed. Name each agent's address, on a line of its own.
curl -s https://agent.example/.well-known/agent-card.json`,
    },
  ],
  requestsPerSecond: 20,
  hands: { identity: {} },
  semantics: { identity: card },
  open: openA2a,
  close: async () => {},
  self: () => [],
  describeRights,
  readPage,
  changes: {
    why: 'An agent card is one document.',
  },
  explain: () => undefined,
})

/** One agent that does not answer must not keep the others waiting. */
const patienceMs = 10_000

/** The card, or why there is none. What stops everything is thrown. */
async function look(session: A2aSession, address: URL, call: Call): Promise<FoundCard | string> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(patienceMs)])
  try {
    return await fetchCard(session, address, { ...call, signal })
  } catch (thrown) {
    if (call.signal.aborted) throw thrown
    if (signal.aborted) return `it did not answer within ${patienceMs / 1000} s`
    const error = thrown instanceof LiveError ? thrown : networkError(thrown)
    if (error === undefined || error.code === 'rate_limited') throw thrown
    return error.message
  }
}

async function describeRights(session: A2aSession, call: Call): Promise<RightsReport> {
  const { addresses } = session
  // More would take longer than a test may.
  const asked = addresses.slice(0, 10).map(async (address) => {
    const found = await look(session, address, call)
    const what = `Read the card of ${address.host}`
    return typeof found === 'string' ? { what, allowed: false, missing: found } : { what, allowed: true }
  })
  const statements: RightsReport['statements'] = await Promise.all(asked)
  if (addresses.length > 10)
    statements.push({
      what: `Read ${addresses.length - 10} other cards`,
      allowed: 'unknown',
      missing: 'seen at the first sync',
    })
  statements.push({ what: 'Change agents', allowed: false, missing: 'a way to do so, which A2A does not have' })
  return { account: 'nobody: cards are public', product: 'A2A agents', statements }
}

/** Addresses in their order, so many at a time; the cursor is the number of the next. */
async function readPage(
  session: A2aSession,
  { cursor, pageSize = 5 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const { addresses, setting } = session
  const from = cursor === null ? 0 : Number(cursor)
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  for (const address of addresses.slice(from, from + pageSize)) {
    const found = await look(session, address, call)
    if (typeof found === 'string') page.skipped.push({ scope: `the agent at ${address.href}`, reason: found })
    else {
      const file = { kind: 'json', name: found.from, value: found.value } as const
      const { records, refused } = mapCards(file, { fingerprint: setting.fingerprint, instance: setting.instance })
      page.records.push(...records.map((record) => withPlace(record, found)))
      page.refused.push(...refused.map(({ reason }) => ({ at: found.from, reason })))
    }
  }
  page.rights = page.records.flatMap(({ type, ...record }) =>
    type === 'identity' && 'externalId' in record
      ? [{ identity: record.externalId, rotate: false, revoke: false, why: 'A2A has no way to change an agent' }]
      : [],
  )
  page.next = from + pageSize < addresses.length ? String(from + pageSize) : null
  return page
}

/** Where the card was found, its hash, and whether it speaks of an agent on another host than that. */
function withPlace(record: NormalisedRecord, { from, sha256 }: FoundCard): NormalisedRecord {
  if (record.type !== 'identity') return record
  const host = URL.canParse(record.externalId) ? new URL(record.externalId).host : undefined
  const isElsewhere = host !== undefined && host !== new URL(from).host
  return {
    ...record,
    attributes: {
      ...record.attributes,
      cardFrom: from,
      cardSha256: sha256,
      ...(isElsewhere ? { namesAnotherHost: host } : {}),
    },
  }
}
