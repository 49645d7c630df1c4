import { expect, test } from 'vitest'
import type { EdgeRecord, NormalisedRecord } from '../contract'
import { recordDifference } from './record-difference'

const identity = (externalId: string, name = externalId): NormalisedRecord => ({
  ...{ type: 'identity', externalId, kind: 'service_account', name, status: 'active' },
})
const credential = (externalId: string, owner: string, name = externalId): NormalisedRecord => ({
  ...{ type: 'credential', externalId, credentialType: 'api_key', name, status: 'active' },
  subject: { type: 'identity', externalId: owner },
})
const edge = (from: string, scopes: string[] = []): EdgeRecord => ({
  ...{ type: 'entitlement', kind: 'grants', effect: 'allow', scopes, scopeCount: scopes.length, basis: 'entitlement' },
  ...{ from: { type: 'identity', externalId: from }, to: { type: 'role', externalId: 'r' } },
})
const idsOf = (records: readonly (NormalisedRecord | { type: string; externalId: string })[]) =>
  records.map((record) => ('externalId' in record ? record.externalId : `${record.from.externalId}>`)).sort()

test('finds nothing where facts are the same in another order', () => {
  const before = [identity('a'), credential('k', 'a'), edge('a')]
  const { name, ...rest } = identity('a') as { name: string } & NormalisedRecord
  const now = [edge('a'), { name, ...rest } as NormalisedRecord, credential('k', 'a')]
  expect(recordDifference(before, now)).toEqual({ changed: [], gone: [], told: [] })
})

test('tells an identity with all its credentials when one of them changed, came or went', () => {
  const before = [identity('a'), identity('b'), credential('k1', 'a'), credential('k2', 'a'), credential('k3', 'b')]
  const changed = recordDifference(before, [
    ...[identity('a'), identity('b'), credential('k1', 'a', 'renamed'), credential('k2', 'a'), credential('k3', 'b')],
  ])
  expect([idsOf(changed.changed), changed.told, changed.gone]).toEqual([['a', 'k1', 'k2'], ['a'], []])
  const went = recordDifference(before, [identity('a'), identity('b'), credential('k2', 'a'), credential('k3', 'b')])
  expect([idsOf(went.changed), went.told, idsOf(went.gone)]).toEqual([['a', 'k2'], ['a'], ['k1']])
})

test('tells edges that count as one together, and of those that are gone one', () => {
  const before = [edge('a', ['x']), edge('a', ['y']), edge('b')]
  const { changed, gone } = recordDifference(before, [edge('a', ['x']), edge('a', ['z'])])
  expect(changed).toEqual([edge('a', ['x']), edge('a', ['z'])])
  expect(gone).toEqual([edge('b')])
})
