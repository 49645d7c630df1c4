import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity } from '../../../prisma/factories/inventory'
import { makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { makeRandomGraph } from '../../../prisma/factories/random-graph'
import { loadGraphRows } from './load-graph'
import { GraphShelf } from './load-graph-shelf'
import { readGraphVersion } from './serve-graph'

const megabyte = 1024 * 1024
let db: pg.Client
let folder: string
let orgId: string

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'graphs-'))
  orgId = await makeOrganization(db)
  await makeRandomGraph(db, orgId, 7)
})

afterAll(async () => {
  await db.end()
  await closePool()
  await rm(folder, { recursive: true, force: true })
})

const quietly = () => {}
const versionOf = (id: string) => readGraphVersion(tenantOf(id))
const loadFrom = async (shelf: GraphShelf, id = orgId) => {
  const graph = await shelf.load(id, await versionOf(id), quietly)
  await shelf.settled()
  return graph
}
const snapshotOf = (id: string) => path.join(folder, `${id}.graph`)

describe('a shelf of graphs', () => {
  it('lets the least recently used go when they are too large together, but never the one just loaded', async () => {
    const others = [await makeOrganization(db, 'B'), await makeOrganization(db, 'C')]
    const graph = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    let bytes = 0
    for (const column of Object.values(graph)) if (ArrayBuffer.isView(column)) bytes += column.byteLength
    const shelf = new GraphShelf(folder, bytes * 2 + 100)
    await loadFrom(shelf)
    for (const id of others) {
      await makeRandomGraph(db, id, 7)
      await loadFrom(shelf, id)
    }
    const kept = [orgId, ...others].map((id) => shelf.find(id, 0n)?.orgId)
    expect(kept).toEqual([undefined, undefined, others[1]])
  })

  it('shares one build, and builds again when a sync was committed under way', async () => {
    const shelf = new GraphShelf(folder, 64 * megabyte)
    let waits = 0
    const count = () => {
      waits += 1
    }
    const least = await versionOf(orgId)
    const first = shelf.load(orgId, least, count)
    const second = shelf.load(orgId, least, count)
    await makeIdentity(db, { orgId, sourceId: await makeSource(db, orgId, 'aws', 'late') }, { name: 'late' })
    const later = await versionOf(orgId)
    expect(later).toBeGreaterThan(least)
    const third = await shelf.load(orgId, later, count)
    expect(third.version).toBe(later)
    expect((await first).version).toBeGreaterThanOrEqual(least)
    expect(await second).toBe(await first)
    expect(waits).toBeGreaterThanOrEqual(3)
    expect(shelf.find(orgId, later)).toBe(third)
    expect(shelf.find(orgId, later + 1n)).toBeUndefined()
  })
})

describe('a snapshot', () => {
  it('is gone on from, byte by byte the graph that was built', async () => {
    const built = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    const restored = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    expect(restored).toEqual(built)
    expect(restored.builtAt).toBe(built.builtAt)
  })

  it('is refused when it is older than the database', async () => {
    const built = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    await db.query(`INSERT INTO graph_version (org_id) VALUES ($1)`, [orgId])
    const again = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    expect(again.version).toBe(built.version + 1n)
    expect((await loadFrom(new GraphShelf(folder, 64 * megabyte))).builtAt).toBe(again.builtAt)
  })

  it('is refused when it is broken in any place, cut short, or of another organization', async () => {
    const built = await loadFrom(new GraphShelf(folder, 64 * megabyte))
    const whole = await readFile(snapshotOf(orgId))
    const other = await makeOrganization(db, 'Other')
    const broken = [0, 5, 30, Math.floor(whole.length / 2), whole.length - 20].map((at) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 0x5a
      return bytes
    })
    for (const bytes of [...broken, whole.subarray(0, 40), whole.subarray(0, whole.length - 9), Buffer.alloc(0)]) {
      await writeFile(snapshotOf(orgId), bytes)
      const again = await loadFrom(new GraphShelf(folder, 64 * megabyte))
      expect(again.builtAt).toBeGreaterThan(built.builtAt)
    }
    await writeFile(snapshotOf(other), whole)
    expect((await loadFrom(new GraphShelf(folder, 64 * megabyte), other)).principalCount).toBe(0)
    expect((await readdir(folder)).toSorted()).toEqual([`${orgId}.graph`, `${other}.graph`].toSorted())
  })

  it('that cannot be kept costs nothing but the next start', async () => {
    const nowhere = path.join(snapshotOf('file'), 'below')
    await writeFile(snapshotOf('file'), '')
    expect((await loadFrom(new GraphShelf(nowhere, megabyte))).orgId).toBe(orgId)
  })
})

describe('loading', () => {
  it('is under the row-level security of the organization, and at one moment', async () => {
    const other = await makeOrganization(db, 'Other')
    const rows = await loadGraphRows(other)
    expect([rows.identityIds.length, rows.resourceIds.length, rows.edges.kind.length]).toEqual([0, 0, 0])
    await expect(loadGraphRows(`${orgId}'; DROP TABLE identity`)).rejects.toThrow('no id')
  })
})
