import type { Call, ChangesPage, ChangesReading } from '../live-contract'
import { LiveError } from '../live-error'
import { type LdapSession, readScene, unlessRefused } from './account'
import { readEntry, search } from './client'
import { generalizedTime, normalDn, textOf, textsOf } from './entry'
import { accountAttributes, groupAttributes, idOf, mapAccounts, mapGroups, type Scene } from './map'
import { readList, readWhole } from './read-list'
import { anyGroup, readMembers, readRights } from './read-page'

/** Numbers of changes are given when a change begins and are seen when it ended: so much is read again. */
const overlapMs = 15_000
const entriesInPage = 200

interface Mark {
  /** Changes from this time on are read, as the directory writes times. */
  since: string
  /** What decides about accounts beside themselves. */
  scene: string
}

/** `20261109223238Z` */
const timeOf = (instant: string) => `${instant.slice(0, 19).replaceAll(/[-:T]/g, '')}Z`

const sceneText = ({ policies, defaultPolicy, readsPasswords }: Scene) =>
  JSON.stringify([[...policies].sort(([a], [b]) => (a < b ? -1 : 1)), defaultPolicy ?? null, readsPasswords])

/** The directory's own time of the last change that it has surely told; `cannot` = it keeps none that can be relied on. */
async function readSince(session: LdapSession, call: Call): Promise<string | { cannot: string }> {
  const { base, accounts } = session.config
  const root = await readEntry(session, call, '', ['namingContexts'])
  const suffixes = root ? textsOf(root, 'namingContexts') : []
  const suffix = suffixes.find((name) => `,${normalDn(base)}`.endsWith(`,${normalDn(name)}`))
  const top = suffix && (await unlessRefused(readEntry(session, call, suffix, ['contextCSN'])))
  const told = top ? textsOf(top, 'contextCSN') : []
  const some = { base, limit: 1, attributes: ['entryUUID'] }
  const hidden = { cannot: 'The connection may not see when entries changed (entryCSN).' }
  if (told.length > 0) {
    const any = await search(session, call, { ...some, filter: accounts })
    const timed = await search(session, call, { ...some, filter: `(&${accounts}(entryCSN=*))` })
    return any.length === timed.length ? earlier(told) : hidden
  }
  const found = new Set<string>()
  for (const filter of [accounts, anyGroup]) {
    for await (const entry of readWhole(session, { base, filter, attributes: ['entryCSN'] }, call)) {
      const number = textOf(entry, 'entryCSN')
      if (number === undefined) return hidden
      found.add(number)
    }
  }
  const numbers = [...found].sort()
  const servers = new Set(numbers.map((number) => number.split('#')[2]))
  if (servers.size > 1)
    return { cannot: 'Changes come from several servers, and this one does not say how far it has them (contextCSN).' }
  return earlier(numbers.slice(-1))
}

/** A while before the earliest of these numbers: of each server, all that changed up to its number is here. */
function earlier(numbers: string[]): string | { cannot: string } {
  const instants = numbers.flatMap((number) => generalizedTime(number.split('#')[0]) ?? [])
  const first = instants.sort()[0]
  if (first === undefined || instants.length < numbers.length)
    return { cannot: 'The directory does not say when its entries changed.' }
  return timeOf(new Date(Date.parse(first) - overlapMs).toISOString())
}

async function begin(session: LdapSession, call: Call): Promise<string | { cannot: string }> {
  const since = await readSince(session, call)
  if (typeof since !== 'string') return since
  return JSON.stringify({ since, scene: sceneText(await readScene(session, call)) } satisfies Mark)
}

/** The mark for the next time, taken before anything is read. */
async function goOn(session: LdapSession, { scene }: Mark, call: Call): Promise<string> {
  const next = await begin(session, call)
  if (typeof next !== 'string') throw new LiveError('mark_refused', next.cannot)
  if ((JSON.parse(next) as Mark).scene !== scene)
    throw new LiveError('mark_refused', 'A password policy, or what the connection may see of passwords, has changed.')
  return next
}

/** Accounts that changed or were used; then all groups, whose names stand for accounts that are there. */
async function readPage(
  session: LdapSession,
  { mark, cursor }: { mark: string; cursor: string | null },
  call: Call,
): Promise<ChangesPage> {
  const { base, accounts } = session.config
  const before = JSON.parse(mark) as Mark
  const at: { next: string; list: string | null } =
    cursor === null ? { next: await goOn(session, before, call), list: null } : JSON.parse(cursor)
  const times = ['pwdLastSuccess', 'authTimestamp', 'pwdAccountLockedTime'].map((name) => `(${name}>=${before.since})`)
  const number = `${before.since.slice(0, -1)}.000000Z#000000#000#000000`
  const questions = {
    changed: { base, filter: `(&${accounts}(|(entryCSN>=${number})${times.join('')}))`, attributes: accountAttributes },
    groups: { base, filter: anyGroup, attributes: groupAttributes },
  }
  const prepare = async (isFirst: boolean, stage: keyof typeof questions) => {
    if (isFirst || session.scene === undefined) session.scene = await readScene(session, call)
    if (stage === 'groups' && (isFirst || session.members === undefined))
      session.members = await readMembers(session, call)
  }
  const read = await readList(session, questions, { cursor: at.list, pageSize: entriesInPage, prepare }, call)
  const { stage, entries, next } = read
  const { scene = await readScene(session, call), members = new Map(), listed } = session
  for (const entry of entries) session.names.set(idOf(entry) ?? '', entry.dn)
  const nameless = entries.filter((entry) => idOf(entry) === undefined)
  const page = {
    refused: nameless.map(({ dn }) => ({ at: dn, reason: 'has no entryUUID' })),
    ...{ unresolved: [], skipped: read.skipped, next: next === null ? null : JSON.stringify({ ...at, list: next }) },
  }
  if (stage === 'changed')
    return {
      ...page,
      records: mapAccounts(entries, scene),
      rights: await readRights(session, entries, scene, call),
      told: entries.flatMap((entry) => idOf(entry) ?? []),
    }
  const records = mapGroups(entries, (dn) => members.get(dn))
  if (next !== null) return { ...page, records, rights: [] }
  const reason = 'the directory gives this account only so many entries: allow it more (size.prtotal=unlimited)'
  return {
    ...page,
    ...{ records, rights: [] },
    ...(listed?.isAll === true ? {} : { skipped: [...page.skipped, { scope: 'the list of accounts', reason }] }),
    present: listed?.accounts ?? [],
    end: { mark: at.next, whole: ['role', 'entitlement'], listsIdentities: true },
  }
}

export const changes: ChangesReading<LdapSession> = {
  how: 'Accounts that changed or signed in since the last sync are asked for by the number of their change (entryCSN). Groups, and which accounts there are, are read in full each time.',
  unseen: 'what access rules that changed allow the connection; a lock that ended by itself',
  source: 'https://www.openldap.org/faq/data/cache/1145.html',
  ...{ begin, readPage },
}
