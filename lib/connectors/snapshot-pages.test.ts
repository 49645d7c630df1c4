import { expect, test } from 'vitest'
import type { NormalisedRecord } from './contract'
import { Snapshots } from './snapshot-pages'

const identity = (externalId: string): NormalisedRecord => ({
  ...{ type: 'identity', externalId, kind: 'service_account', name: externalId, status: 'active' },
})
const credential = (externalId: string, owner?: string): NormalisedRecord => ({
  ...{ type: 'credential', externalId, credentialType: 'api_key', name: externalId, status: 'active' },
  ...(owner === undefined ? {} : { subject: { type: 'identity', externalId: owner } }),
})
const role = (externalId: string): NormalisedRecord => ({ type: 'role', externalId, kind: 'role', name: externalId })
const edge = (from: string, to: string): NormalisedRecord => ({
  ...{ type: 'entitlement', kind: 'member_of', effect: 'allow', scopes: [], scopeCount: 0, basis: 'entitlement' },
  ...{ from: { type: 'identity', externalId: from }, to: { type: 'role', externalId: to } },
})

const call = { signal: new AbortController().signal, pace: async () => {} }

function source(records: NormalisedRecord[]) {
  const told = { readings: 0 }
  const pages = new Snapshots<object>(
    async () => {
      told.readings += 1
      return { records, refused: [{ at: 'x', reason: 'y' }], unresolved: [], skipped: [] }
    },
    async (_, identities) => ({
      rights: identities.map(({ externalId }) => ({ identity: externalId, rotate: true, revoke: true })),
      records: identities.map(({ externalId }) => credential(`${externalId}#more`, externalId)),
    }),
  )
  return { told, pages }
}

async function walk(pages: Snapshots<object>, sessionOf: () => object, pageSize?: number) {
  const found: string[] = []
  let refused = 0
  let count = 0
  for (let cursor: string | null = null; ; ) {
    const page = await pages.page(sessionOf(), { cursor, ...(pageSize ? { pageSize } : {}) }, call)
    count += 1
    refused += page.refused.length
    for (const record of page.records)
      found.push(
        record.type === 'entitlement' ? `${record.from.externalId}>${record.to.externalId}` : record.externalId,
      )
    cursor = page.next
    if (cursor === null) return { found, refused, count }
  }
}

const small = [edge('b', 'r'), identity('b'), role('r'), credential('k', 'b'), identity('a'), credential('lost', 'z')]

test('tells first what is shared, then identities with what is theirs', async () => {
  const { pages, told } = source(small)
  const session = {}
  const { found, refused, count } = await walk(pages, () => session)
  expect(found).toEqual(['lost', 'r', 'a', 'b', 'b>r', 'k', 'a#more', 'b#more'])
  expect([refused, count, told.readings]).toEqual([1, 2, 1])
})

test('loses and repeats nothing in small pages, also when each is asked by a session of its own', async () => {
  const many = Array.from({ length: 4_500 }, (_, i) => role(`r${i}`))
  const records = [...many, ...small, ...Array.from({ length: 7 }, (_, i) => identity(`i${i}`))]
  const whole = await walk(source(records).pages, () => source, 1_000)
  const parts = await walk(source(records).pages, () => ({}), 2)
  expect(parts.found.sort()).toEqual(whole.found.sort())
  expect(new Set(parts.found).size).toBe(records.length + 9)
  expect(parts.refused).toBe(1)
  expect(parts.count).toBe(3 + 5)
})

test('does not end a page among records of one key', async () => {
  const twice = Array.from({ length: 2_001 }, () => edge('z', 'r'))
  expect((await walk(source(twice).pages, () => ({}))).found).toHaveLength(2_001)
})

test('reads again when a walk begins anew, and when a reading failed', async () => {
  const { pages, told } = source(small)
  const session = {}
  await pages.page(session, { cursor: null }, call)
  await pages.page(session, { cursor: null }, call)
  expect(told.readings).toBe(2)
  let isBroken = true
  const fragile = new Snapshots<object>(
    async () => {
      if (isBroken) throw new Error('broken')
      return { records: small, refused: [], unresolved: [], skipped: [] }
    },
    async () => ({ rights: [] }),
  )
  await expect(fragile.page(session, { cursor: 'i ' }, call)).rejects.toThrow('broken')
  isBroken = false
  expect((await fragile.page(session, { cursor: 'i ' }, call)).records).toHaveLength(4)
})

test('a long reading is carried on by page after page, and rests between them', async () => {
  let questions = 0
  const slow = new Snapshots<object>(
    async (_, { pace }) => {
      for (; questions < 12; questions++) {
        await pace()
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return { records: small, refused: [], unresolved: [], skipped: [] }
    },
    async () => ({ rights: [] }),
    30,
  )
  const session = {}
  const first = await slow.page(session, { cursor: null }, call)
  expect(first).toMatchObject({ records: [], next: expect.stringMatching(/^r /) })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const asked = questions
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([asked, questions]).toEqual([asked, asked])
  expect(asked).toBeLessThan(12)
  const found: string[] = []
  let empty = 0
  for (let cursor = first.next; cursor !== null; ) {
    const page = await slow.page(session, { cursor }, call)
    if (page.records.length === 0) empty += 1
    found.push(...page.records.map((record) => record.type))
    cursor = page.next
  }
  expect(empty).toBeGreaterThan(0)
  expect(found).toHaveLength(small.length)
})

test('gives up when the connection breaks again and again in a long reading', async () => {
  const slow = new Snapshots<object>(
    () => new Promise(() => {}),
    async () => ({ rights: [] }),
    5,
  )
  const breaks = async () => {
    for (let cursor: string | null = null; ; ) cursor = (await slow.page({}, { cursor }, call)).next
  }
  await expect(breaks()).rejects.toMatchObject({ code: 'unexpected_answer' })
})

test('a page of details ends when its time is over', async () => {
  const many = Array.from({ length: 40 }, (_, no) => identity(`i${String(no).padStart(2, '0')}`))
  const sizes: number[] = []
  const slow = new Snapshots<object>(
    async () => ({ records: many, refused: [], unresolved: [], skipped: [] }),
    async (_, identities) => {
      sizes.push(identities.length)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { rights: [], skipped: [{ scope: 'keys', reason: 'no' }] }
    },
    30,
  )
  const session = {}
  const found: string[] = []
  let pages = 0
  for (let cursor: string | null = null; ; pages++) {
    const page = await slow.page(session, { cursor }, call)
    expect(page.skipped.length).toBeLessThan(2)
    found.push(...page.records.map((record) => ('externalId' in record ? record.externalId : '')))
    cursor = page.next
    if (cursor === null) break
  }
  expect(found).toEqual(many.map((record) => ('externalId' in record ? record.externalId : '')))
  expect(pages).toBeGreaterThan(1)
  expect(Math.max(...sizes)).toBeLessThan(40)
})
