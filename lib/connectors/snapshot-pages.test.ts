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
