import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem, SystemUnderTest } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import type { Config, SyncRun } from '../live'
import { applyNow } from './apply-import'
import { createConnection } from './create-connection'
import { deleteConnection } from './delete-connection'
import { getConnection } from './get-connection'
import { getSync } from './get-sync'
import { listSyncs } from './list-syncs'
import { requestSync } from './request-sync'
import { syncConnection } from './sync-connection'
import { updateConnection } from './update-connection'

// Two organizations connect to one source, in which things change at random. One reads what changed, the other everything: both hold
// the same after each round.

let db: pg.Client

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
afterAll(async () => {
  await db.end()
  await closePool()
})

/** What Microsoft Graph does not tell as a change: found when everything is read. */
const unseen = 'trust in another issuer alone'

interface Reader {
  org: TestOrganization
  id: string
}

async function connect(connector: string, config: Config): Promise<Reader> {
  const org = await testOrganization()
  const { id } = await createConnection(org.as.admin, { connector, instance: 'x', name: 'X', config })
  return { org, id }
}

async function sync({ org, id }: Reader, readAll = false): Promise<SyncRun> {
  const run = await requestSync(org.as.admin, { id, readAll })
  await syncConnection(org.job, { id: run.id })
  return getSync(org.as.auditor, { id: run.id })
}

/** What lives in the catalogue of an organization, without ids of our own. */
async function holdings({ org, id }: Reader, own: string[]): Promise<Record<string, unknown[]>> {
  const texts = {
    identity: `SELECT external_id, kind, name, description, status, attributes, owner_hints,
      CASE WHEN NOT external_id = ANY ($2) THEN last_used_at END AS used FROM identity`,
    credential: `SELECT c.external_id, c.subject_ref, c.type, c.name, c.status, c.rotated_at, c.expires_at, c.attributes,
      i.external_id AS holder FROM credential c LEFT JOIN identity i ON i.id = c.identity_id AND i.org_id = c.org_id`,
    entitlement: `SELECT kind, from_ref, to_ref, effect, (SELECT array_agg(s ORDER BY s) FROM unnest(scopes) s) AS scopes,
      privilege, condition, not_evaluable, basis, from_id IS NULL AS opens, to_id IS NULL AS ends FROM entitlement`,
    role: `SELECT external_id, kind, name, description, attributes FROM role`,
    resource: `SELECT external_id, kind, name, attributes FROM resource`,
    human: `SELECT external_id, name, email FROM human`,
    node_alias: `SELECT alias, node_type, node_ref FROM node_alias`,
  }
  const found: Record<string, unknown[]> = {}
  for (const [name, text] of Object.entries(texts)) {
    const of = name === 'credential' ? 'c.' : ''
    const where = `${text} WHERE ${of}org_id = $1 AND ${of}deleted_at IS NULL AND $2::text[] IS NOT NULL`
    const { rows } = await db.query(where, [org.orgId, own])
    found[name] = rows.map((row) => JSON.stringify(row)).sort()
  }
  const rights = `SELECT external_id, rotate, revoke, why FROM live_right WHERE org_id = $1 AND live_connection_id = $2`
  const { rows } = await db.query(rights, [org.orgId, id])
  found.rights = rows.map((row) => JSON.stringify(row)).sort()
  return found
}

async function started(start: SystemUnderTest['start'] | undefined): Promise<RunningSystem | string> {
  const system = await start?.()
  return system === undefined ? 'there is no such system' : 'skipped' in system ? system.skipped : system
}

/** What changed in the last 15 s is asked of OpenLDAP again: other accounts are older than that. */
const systems = [
  { name: /^Microsoft Entra/, rounds: 14, settleMs: 0 },
  { name: /^OpenLDAP with a/, rounds: 12, settleMs: 16_000 },
  { name: /^OpenLDAP without/, rounds: 8, settleMs: 16_000 },
  { name: /^Samba/, rounds: 12, settleMs: 0 },
]

for (const { name, rounds, settleMs } of systems) {
  const under = systemsUnderTest.find((each) => name.test(each.name))
  describe(`changes of ${under?.name}`, () => {
    const connector = under?.connector ?? ''
    let system: RunningSystem | string
    beforeAll(async () => {
      system = await started(under?.start)
    }, 420_000)
    afterAll(async () => {
      if (typeof system !== 'string') await system?.stop()
    })

    it('leave what a reading of everything leaves', { timeout: 400_000 }, async (context) => {
      if (typeof system === 'string') return context.skip(system)
      const { config, edits = {} } = system
      const some = await connect(connector, config as Config)
      const whole = await connect(connector, config as Config)
      const names = Object.keys(edits).filter((edit) => edit !== unseen)
      expect(names.length).toBeGreaterThan(5)
      const done = new Map<string, number>()
      let held = 0
      const plan = fc.array(fc.tuple(fc.integer({ min: 0, max: names.length - 1 }), fc.infiniteStream(fc.nat())), {
        ...{ minLength: 1, maxLength: 6 },
      })
      // One history, not many that each begin anew: a source is too slow to start for that. The seed is told when it fails.
      const seed = Number(process.env.CHANGES_SEED ?? Math.floor(Math.random() * 2 ** 31))
      const begun = Object.keys(edits).filter((name) => /^a new /.test(name))
      for (const name of Array.from({ length: 8 }, () => begun).flat()) await edits[name]?.(() => 0)
      expect((await sync(some)).reads).toBe('all')
      await sync(whole)
      await sleep(settleMs)
      const own = (await getConnection(some.org.as.admin, { id: some.id })).selfIds
      for (const [round, drawn] of fc.sample(plan, { seed, numRuns: rounds }).entries()) {
        // The first of each round is the next kind in turn, so that chance leaves no half of them out.
        const edit = drawn.map(([which, numbers], at) => [at === 0 ? round % names.length : which, numbers] as const)
        for (const [which, numbers] of edit) {
          const name = names[which] ?? ''
          const next = (below: number) => (below === 0 ? 0 : Number(numbers.next().value) % below)
          if (await edits[name]?.(next)) done.set(name, (done.get(name) ?? 0) + 1)
        }
        // A password policy keeps the former passwords by the second.
        if (settleMs > 0) await sleep(1_100)
        const run = await sync(some)
        const all = await sync(whole, true)
        const told = `round ${round} of seed ${seed}: ${edit.map(([which]) => names[which]).join(', ')}`
        expect([run.error, run.isPartial, run.skipped, all.reads, all.status], told).toEqual([
          null,
          false,
          [],
          'all',
          run.status,
        ])
        const readChanges = ['changes', 'The source tells what changed.']
        const toBeSure = ['all', 'By the changes alone, more than 20 % would be gone.']
        const isHeld = run.status === 'previewed'
        expect([run.reads, run.readsBecause], told).toEqual(isHeld ? toBeSure : readChanges)
        held += isHeld ? 1 : 0
        if (isHeld)
          for (const [{ org }, { id }] of [
            [some, run],
            [whole, all],
          ] as const)
            await applyNow(org.as.admin, { id, acceptVanished: true })
        expect(await holdings(some, own), told).toEqual(await holdings(whole, own))
      }
      expect(done.size).toBeGreaterThan(names.length / 2)
      // Rounds are made at random, and some take away much: as long as not all do, changes are what is read.
      expect(held).toBeLessThan(rounds)
      // And not by reading everything: of what did not change nothing is told.
      for (const name of Array.from({ length: 5 }, () => begun).flat()) await edits[name]?.(() => 0)
      await sleep(settleMs)
      for (const name of begun.slice(0, 1)) await edits[name]?.(() => 0)
      // What the rounds left may be so little that one change of it is held.
      const before = await sync(some)
      if (before.status === 'previewed') await applyNow(some.org.as.admin, { id: before.id, acceptVanished: true })
      const last = await sync(some)
      expect([last.status, last.reads], `after ${rounds} rounds of seed ${seed}`).toEqual(['applied', 'changes'])
      expect(last.counts.identities).toBeLessThan(4)
      expect((await sync(whole, true)).counts.identities).toBeGreaterThan(5)
    })
  })
}

describe('what a sync reads, and why', () => {
  let system: RunningSystem
  let reader: Reader

  beforeAll(async () => {
    const started = await systemsUnderTest.find(({ connector }) => connector === 'azure')?.start()
    if (!started || 'skipped' in started) throw new Error('the tenant did not start')
    system = started
    reader = await connect('azure', system.config as Config)
  })
  afterAll(() => system.stop())

  const edit = (name: string, choose = (_: number) => 0) => system.edits?.[name]?.(choose)
  const reasonOf = async (readAll = false) => {
    const { status, reads, readsBecause } = await sync(reader, readAll)
    return [status, reads, readsBecause]
  }
  const changed = ['applied', 'changes', 'The source tells what changed.']
  const all = (because: string) => ['applied', 'all', because]
  const goneCount = async () => {
    const text = `SELECT count(*)::int AS n FROM identity WHERE org_id = $1 AND deleted_at IS NOT NULL`
    return (await db.query(text, [reader.org.orgId])).rows[0].n
  }
  const shown = () => getConnection(reader.org.as.auditor, { id: reader.id })

  it('is everything at first, then what changed, and that is told with how old everything is', async () => {
    expect((await shown()).readAllAt).toBeNull()
    const first = await sync(reader)
    expect([first.reads, first.readsBecause]).toEqual(['all', 'It was not read to its end before.'])
    expect((await shown()).readAllAt).toBe(first.startedAt)
    await edit('another name')
    const asked = system.asked?.() ?? 0
    const second = await sync(reader)
    expect([second.status, second.reads, second.readsBecause]).toEqual(changed)
    expect(second.changes.identity).toMatchObject({ new: 0, changed: 1, gone: 0 })
    // Shares are of everything that is known, and not of what was told.
    expect(second.changes.identity?.unchanged).toBe(first.counts.identities - 1)
    const cost = (system.asked?.() ?? 0) - asked
    await sync(reader, true)
    expect(cost).toBeLessThan(((system.asked?.() ?? 0) - asked) / 2)
    expect(await shown()).toMatchObject({ lastRun: { reads: 'all' } })
    const history = await listSyncs(reader.org.as.auditor, { id: reader.id, limit: 10 })
    expect(history.items.map(({ reads }) => reads)).toEqual(['all', 'changes', 'all'])
  })

  it('is everything when somebody asks for it, and finds what changes do not tell', async () => {
    await edit(unseen)
    const quiet = await sync(reader)
    expect([quiet.reads, quiet.changes.identity?.new ?? 0]).toEqual(['changes', 0])
    const run = await sync(reader, true)
    expect([run.status, run.reads, run.readsBecause]).toEqual(all('Somebody asked for it.'))
    expect(run.changes.identity?.new).toBe(1)
    expect(await reasonOf()).toEqual(changed)
  })

  it('is everything after a change of settings, also when that came while a sync ran', async () => {
    const set = (environment: string) => updateConnection(reader.org.as.admin, { id: reader.id, environment })
    await set('staging')
    expect(await reasonOf()).toEqual(all('Its settings were changed.'))
    expect(await reasonOf()).toEqual(changed)
    system.slowDown?.(60)
    const { id } = await requestSync(reader.org.as.admin, { id: reader.id })
    const work = syncConnection(reader.org.job, { id })
    await expect.poll(async () => (await getSync(reader.org.as.admin, { id })).status).toBe('reading')
    await set('production')
    await work
    system.slowDown?.(0)
    expect(await reasonOf()).toEqual(all('Its settings were changed.'))
    await updateConnection(reader.org.as.admin, { id: reader.id, name: 'Another name is no other setting' })
    expect(await reasonOf()).toEqual(changed)
  })

  it('is everything where the source forgot, and a day after everything was read', async () => {
    system.forgetChanges?.()
    await edit('another name')
    expect(await reasonOf()).toEqual(all('Microsoft Graph does not tell any more what changed since the last sync.'))
    expect(await reasonOf()).toEqual(changed)
    await db.query(`UPDATE live_mark SET read_all_at = now() - interval '24 hours' WHERE live_connection_id = $1`, [
      reader.id,
    ])
    expect(await reasonOf()).toEqual(all('Everything is read again after 24 hours.'))
    expect(await reasonOf()).toEqual(changed)
  })

  it('is everything before a person is asked whether so much is gone', async () => {
    const before = (await shown()).lastRun?.changes.identity?.unchanged ?? 0
    const gone = await goneCount()
    for (let left = Math.ceil(before / 3); left > 0; left--) await edit('an application deleted')
    const held = await sync(reader)
    expect([held.status, held.reads, held.readsBecause]).toEqual([
      ...['previewed', 'all', 'By the changes alone, more than 20 % would be gone.'],
    ])
    expect(await goneCount()).toBe(gone)
    await applyNow(reader.org.as.admin, { id: held.id, acceptVanished: true })
    // What went is told once more, and is gone already.
    const after = await sync(reader)
    expect([after.status, after.reads, after.changes.identity?.gone ?? 0]).toEqual(['applied', 'changes', 0])
  })

  it('goes on from what was held and applied, also when the source went back to what it was before', async () => {
    const whole = await connect('azure', system.config as Config)
    const own = (await getConnection(reader.org.as.admin, { id: reader.id })).selfIds
    const count = async () => Number((await sync(whole, true)).counts.identities)
    const before = await count()
    for (let left = Math.ceil(before / 3); left > 0; left--) await edit('a new application')
    await sync(reader)
    const gone = Math.ceil((await count()) / 3)
    for (let left = gone; left > 0; left--) await edit('an application deleted')
    const held = await sync(reader)
    expect([held.status, held.reads]).toEqual(['previewed', 'all'])
    await applyNow(reader.org.as.admin, { id: held.id, acceptVanished: true })
    for (let left = gone; left > 0; left--) await edit('brought back')
    expect(await reasonOf()).toEqual(changed)
    const other = await sync(whole, true)
    if (other.status === 'previewed') await applyNow(whole.org.as.admin, { id: other.id, acceptVanished: true })
    expect(await holdings(reader, own)).toEqual(await holdings(whole, own))
  })

  it('goes on where it was after a reading of changes that broke off, wherever that was', async () => {
    const cost = async () => {
      const before = system.asked?.() ?? 0
      expect(await reasonOf()).toEqual(changed)
      return (system.asked?.() ?? 0) - before
    }
    const kept = async () => {
      const { rows } = await db.query('SELECT mark FROM live_mark WHERE live_connection_id = $1', [reader.id])
      return JSON.stringify(rows)
    }
    const whole = await connect('azure', system.config as Config)
    const own = (await getConnection(reader.org.as.admin, { id: reader.id })).selfIds
    await edit('an application deleted')
    const questions = await cost()
    expect(questions).toBeGreaterThan(3)
    for (let answers = 0; answers < questions; answers += 2) {
      await edit('a new application')
      await edit('another name')
      await edit('an application deleted')
      const [mark, gone] = [await kept(), await goneCount()]
      system.breakAfter?.(answers)
      const broken = await sync(reader)
      system.breakAfter?.(Number.POSITIVE_INFINITY)
      const told = `after ${answers} of ${questions} answers`
      expect([broken.reads, broken.isPartial || broken.status === 'failed'], told).toEqual(['changes', true])
      expect(broken.error, told).toBeTruthy()
      // What was told in part marks nothing gone, and is told again.
      expect([await kept(), await goneCount()], told).toEqual([mark, gone])
      expect(await reasonOf(), told).toEqual(changed)
      await sync(whole, true)
      expect(await holdings(reader, own), told).toEqual(await holdings(whole, own))
    }
  }, 240_000)

  it('begins anew for a connection that was removed: nothing of it stays', async () => {
    await deleteConnection(reader.org.as.admin, { id: reader.id, records: 'keep' })
    const { rows } = await db.query(`SELECT FROM live_mark WHERE live_connection_id = $1`, [reader.id])
    expect(rows).toEqual([])
  })
})
