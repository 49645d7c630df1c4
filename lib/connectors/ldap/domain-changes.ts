import type { Call, ChangesPage, ChangesReading } from '../live-contract'
import { LiveError } from '../live-error'
import { readEntry, search } from './client'
import { type DomainSession, descriptor, readScene, sceneOf } from './domain'
import { sidOf } from './domain-entry'
import {
  domainAccountAttributes,
  domainBytes,
  domainGroupAttributes,
  domainRightsOf,
  mapDomainAccounts,
  mapDomainGroups,
  membershipsOf,
} from './domain-map'
import { bytesOf, generalizedTime, textOf } from './entry'
import { readList } from './read-list'

/** Each controller counts its changes for itself, and begins another count when it is brought back from a backup. */
interface Mark {
  controller: string
  change: string
  /** When that was, by the controller's clock, in 100 ns since 1601. */
  at: string
  /** How long passwords live. */
  maxAge: string
}

const entriesInPage = 200
const ticksOf = (instant: string) => String(BigInt(Date.parse(instant)) * 10_000n + 116_444_736_000_000_000n)

async function begin(session: DomainSession, call: Call): Promise<string | { cannot: string }> {
  const root = await readEntry(session, call, '', ['highestCommittedUSN', 'dsServiceName', 'currentTime'])
  const change = root && textOf(root, 'highestCommittedUSN')
  const service = root && textOf(root, 'dsServiceName')
  const now = generalizedTime(root && textOf(root, 'currentTime'))
  const about =
    service && (await readEntry(session, call, service, ['invocationId'], { bytes: [...domainBytes, 'invocationId'] }))
  const [controller] = about ? bytesOf(about, 'invocationId') : []
  if (!change || !/^\d+$/.test(change) || controller === undefined || now === undefined)
    return { cannot: 'The controller does not say which change was its last.' }
  const policy = await readEntry(session, call, session.naming, ['maxPwdAge'])
  const mark: Mark = {
    ...{ controller: controller.toString('hex'), change, at: ticksOf(now) },
    maxAge: (policy && textOf(policy, 'maxPwdAge')) ?? '',
  }
  return JSON.stringify(mark)
}

/** The mark for the next time, taken before anything is read. */
async function goOn(session: DomainSession, before: Mark, call: Call): Promise<string> {
  const refuse = (why: string) => new LiveError('mark_refused', why)
  const said = await begin(session, call)
  if (typeof said !== 'string') throw refuse(said.cannot)
  const next = JSON.parse(said) as Mark
  if (next.controller !== before.controller || BigInt(next.change) < BigInt(before.change))
    throw refuse('Another controller answers than the last time, and each counts changes for itself.')
  if (next.maxAge !== before.maxAge) throw refuse('The age of passwords in the domain has changed.')
  // What lies in a unit that was moved or renamed has another name, and no change of its own.
  const units = '(|(objectClass=organizationalUnit)(objectClass=container)(objectClass=builtinDomain))'
  const from = String(BigInt(before.change) + 1n)
  const filter = `(&${units}(uSNChanged>=${from})(!(uSNCreated>=${from})))`
  const moved = await search(session, call, { base: session.naming, filter, attributes: ['objectClass'], limit: 1 })
  if (moved.length > 0) throw refuse('A unit of the domain has changed, so that names in it may have.')
  return said
}

/** Accounts that changed or signed in; then which accounts there are and in which groups; then all groups. */
async function readPage(
  session: DomainSession,
  { mark, cursor }: { mark: string; cursor: string | null },
  call: Call,
): Promise<ChangesPage> {
  const { base, accounts } = session.config
  const before = JSON.parse(mark) as Mark
  const at: { next: string; list: string | null } =
    cursor === null ? { next: await goOn(session, before, call), list: null } : JSON.parse(cursor)
  const since = `(|(uSNChanged>=${BigInt(before.change) + 1n})(lastLogon>=${before.at}))`
  const questions = {
    changed: { base, filter: `(&${accounts}${since})`, attributes: domainAccountAttributes, ...descriptor },
    all: { base, filter: accounts, attributes: ['objectSid', 'memberOf', 'primaryGroupID'], bytes: domainBytes },
    groups: { base, filter: '(objectClass=group)', attributes: domainGroupAttributes, bytes: domainBytes },
  }
  const prepare = async (isFirst: boolean) => {
    if (isFirst || session.scene === undefined) session.scene = await readScene(session, call)
  }
  const read = await readList(session, questions, { cursor: at.list, pageSize: entriesInPage, prepare }, call)
  const { stage, entries, skipped, next } = read
  const scene = session.scene ?? sceneOf(session, new Map())
  for (const entry of entries) session.names.set(sidOf(entry) ?? '', entry.dn)
  const sids = entries.flatMap((entry) => sidOf(entry) ?? [])
  const page = {
    ...{ refused: [], unresolved: [], skipped, rights: [] },
    next: next === null ? null : JSON.stringify({ ...at, list: next }),
    ...(next === null
      ? { end: { mark: at.next, whole: ['role', 'entitlement', 'resource'] as const, listsIdentities: true } }
      : {}),
  }
  if (stage === 'changed')
    return {
      ...page,
      ...{ records: mapDomainAccounts(entries, scene), rights: domainRightsOf(entries, session.own), told: sids },
    }
  if (stage === 'groups') return { ...page, records: mapDomainGroups(entries, scene) }
  const memberships = entries.flatMap((entry) => {
    const sid = sidOf(entry)
    return sid === undefined ? [] : membershipsOf(entry, sid, scene)
  })
  return { ...page, records: memberships, present: sids }
}

export const changes: ChangesReading<DomainSession> = {
  how: 'Accounts that changed or signed in since the last sync are asked for by the number of their change (uSNChanged) at the same controller. Groups, and which accounts there are and in which groups, are read in full each time.',
  unseen:
    'what rights that an account inherits allow the connection; the end of a password by a fine-grained policy that changed; sign-ins at other controllers until they tell each other',
  source: 'https://learn.microsoft.com/en-us/windows/win32/ad/polling-for-changes-using-usnchanged',
  ...{ begin, readPage },
}
