import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/platform/errors'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { lockCatalogue, rehearseBulk } from './commit'
import type { Permit } from './permit'
import { closePool, takeConnection } from './pool'

let org: TestOrganization
let permit: Permit
const target = { kind: 'team', id: 'new', label: 'new team' }

beforeAll(async () => {
  org = await testOrganization()
  permit = await org.as.admin.authorize('create', { kind: 'team', id: 'new', label: 'new team', attr: {} })
})
afterAll(closePool)

const addTeam = (name: string) =>
  org.as.admin.commit(permit, { action: 'team.create', target, after: { name } }, (tx) =>
    tx.team.create({ data: { orgId: org.orgId, name } }),
  )

const eventsOf = (name: string) =>
  org.as.admin.db.auditEvent.findMany({ where: { orgId: org.orgId, after: { path: ['name'], equals: name } } })

describe('commit', () => {
  it('writes the row and its audit event together', async () => {
    const name = randomUUID()
    const team = await addTeam(name)
    const [event] = await eventsOf(name)
    expect(team.name).toBe(name)
    expect(event).toMatchObject({
      action: 'team.create',
      decisionId: permit.decisionId,
      actorKey: `user:${org.users.admin.userId}`,
    })
  })

  it('leaves neither when the write fails', async () => {
    const name = randomUUID()
    const failing = org.as.admin.commit(permit, { action: 'team.create', target, after: { name } }, async (tx) => {
      await tx.team.create({ data: { orgId: org.orgId, name } })
      throw new AppError('conflict', 'no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await eventsOf(name)).toEqual([])
    expect(await org.as.admin.db.team.count({ where: { orgId: org.orgId, name } })).toBe(0)
  })

  it('lets one failing commit of a group fail alone', async () => {
    const names = Array.from({ length: 60 }, () => randomUUID())
    const results = await Promise.allSettled(names.map((name, n) => addTeam(n % 7 === 3 ? (names[0] ?? '') : name)))
    const failed = results.filter((result) => result.status === 'rejected').length
    expect(failed).toBe(names.filter((_, n) => n % 7 === 3).length)
    expect(await org.as.admin.db.team.count({ where: { orgId: org.orgId, name: { in: names } } })).toBe(
      names.length - failed,
    )
    const rows = await org.as.admin.db.auditEvent.count({ where: { orgId: org.orgId, action: 'team.create' } })
    expect(rows).toBe(await org.as.admin.db.team.count({ where: { orgId: org.orgId } }))
  })

  it('shares transactions between commits that wait for one another', async () => {
    const before = await org.as.admin.db.$queryRaw<
      { xid: string }[]
    >`SELECT DISTINCT xmin::text AS xid FROM audit_event WHERE org_id = ${org.orgId}::uuid`
    await Promise.all(Array.from({ length: 40 }, () => addTeam(randomUUID())))
    const after = await org.as.admin.db.$queryRaw<
      { xid: string }[]
    >`SELECT DISTINCT xmin::text AS xid FROM audit_event WHERE org_id = ${org.orgId}::uuid`
    expect(after.length - before.length).toBeLessThan(10)
  })

  it('refuses a permit of another organization', async () => {
    const other = await testOrganization()
    const write = async () => other.as.admin.commit(permit, { action: 'team.create', target }, async () => {})
    await expect(write()).rejects.toThrow(/another organization/)
  })
})

/** Holds a row as an import would, until the answer is called. */
async function holdTeam(id: string): Promise<() => Promise<void>> {
  const client = await takeConnection(org.orgId)
  await client.query('BEGIN')
  await client.query('UPDATE team SET name = name WHERE org_id = $1 AND id = $2', [org.orgId, id])
  return async () => {
    await client.query('ROLLBACK')
    client.release()
  }
}

describe('a commit that meets a locked row', () => {
  const rename = (id: string, name: string) =>
    org.as.admin.commit(permit, { action: 'team.update', target, after: { name } }, (tx) =>
      tx.team.update({ where: { orgId_id: { orgId: org.orgId, id } }, data: { name } }),
    )
  const touch = (id: string) =>
    org.as.admin.commit(permit, { action: 'team.update', target }, (tx) =>
      tx.$executeRawUnsafe('UPDATE team SET name = name WHERE org_id = $1::uuid AND id = $2::uuid', org.orgId, id),
    )

  it('is told to come again after two seconds, and the others of its group are written', async () => {
    const held = await addTeam(randomUUID())
    const release = await holdTeam(held.id)
    const names = Array.from({ length: 8 }, () => randomUUID())
    const started = performance.now()
    const busy = [rename(held.id, randomUUID()), rename(held.id, randomUUID()), touch(held.id)]
    const others = names.map(addTeam)
    const refusals = await Promise.allSettled(busy)
    expect(await Promise.all(others)).toHaveLength(names.length)
    expect(performance.now() - started).toBeLessThan(6000)
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 'rejected',
        reason: { code: 'conflict', retryAfterSeconds: 5, message: expect.stringContaining('Try again') },
      })
    }
    await release()
    const name = randomUUID()
    expect(await rename(held.id, name)).toMatchObject({ name })
  })
})

describe('the catalogue', () => {
  const hold = (use: 'write' | 'rehearse', work: () => Promise<void>, waitMs = 300) =>
    rehearseBulk(org.as.admin.tenant, permit, async (bulk) => {
      await lockCatalogue(bulk, use, waitMs)
      await work()
    })
  const during = async (use: 'write' | 'rehearse', work: () => Promise<void>) => {
    let answer: PromiseSettledResult<void> | undefined
    await hold(use, async () => {
      ;[answer] = await Promise.allSettled([work()])
    })
    return answer
  }
  const nothing = async () => {}

  it('is for one merge at a time, and who waits too long is told so', async () => {
    const busy = { status: 'rejected', reason: { code: 'conflict', retryAfterSeconds: 15 } }
    expect(await during('write', () => hold('write', nothing))).toMatchObject(busy)
    expect(await during('write', () => hold('rehearse', nothing))).toMatchObject(busy)
    expect(await during('rehearse', () => hold('write', nothing))).toMatchObject(busy)
  })

  it('is shared by rehearsals, and not by organizations', async () => {
    expect(await during('rehearse', () => hold('rehearse', nothing))).toMatchObject({ status: 'fulfilled' })
    const other = await testOrganization()
    const own = await other.as.admin.authorize('create', { kind: 'team', id: 'new', label: 'new', attr: {} })
    const elsewhere = () => rehearseBulk(other.as.admin.tenant, own, (bulk) => lockCatalogue(bulk, 'write', 300))
    expect(await during('write', elsewhere)).toMatchObject({ status: 'fulfilled' })
  })
})

describe('bulk commit', () => {
  it('writes and audits in one transaction, and neither when it fails', async () => {
    const name = randomUUID()
    const insert = `INSERT INTO team (org_id, name) VALUES ($1, $2)`
    await org.as.admin.commitBulk(
      permit,
      (n: number) => ({ action: 'team.create', target, after: { name, n } }),
      async ({ client }) => {
        return (await client.query(insert, [org.orgId, name])).rowCount ?? 0
      },
    )
    expect(await eventsOf(name)).toMatchObject([{ after: { name, n: 1 } }])
    const again = org.as.admin.commitBulk(
      permit,
      { action: 'team.create', target, after: { name: `${name}2` } },
      async ({ client }) => {
        await client.query(insert, [org.orgId, `${name}2`])
        await client.query(insert, [org.orgId, name])
      },
    )
    await expect(again).rejects.toThrow(/duplicate key/)
    expect(await eventsOf(`${name}2`)).toEqual([])
  })
})
