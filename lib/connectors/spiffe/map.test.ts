import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EdgeRecord, IdentityRecord, MapResult, ParsedFile } from '../contract'
import { connectors } from './index'

const [connector] = connectors
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

function map(value: unknown): MapResult {
  const file: ParsedFile =
    typeof value === 'string' ? { kind: 'text', name: 'f', text: value } : { kind: 'json', name: 'f', value }
  const result = connector?.map(file, context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result expected')
  return result
}

function fixture(name: string): MapResult {
  const at = path.join(import.meta.dirname, 'fixtures/spiffe-entries', name)
  return map(JSON.parse(readFileSync(at, 'utf8')))
}

const identities = ({ records }: MapResult) => records.filter((r): r is IdentityRecord => r.type === 'identity')
const edges = ({ records }: MapResult, kind: string) =>
  records.filter((r): r is EdgeRecord => r.type === 'entitlement' && r.kind === kind)
const identity = (result: MapResult, id: string) => identities(result).find(({ externalId }) => externalId === id)

describe('the files of SPIRE', () => {
  test('a bare list: selectors, lifetime of both kinds, DNS names', () => {
    const result = fixture('spire-entries-sqlstore.json')
    expect(identities(result)).toHaveLength(5)
    expect(identity(result, 'spiffe://id1')?.attributes).toMatchObject({
      selectors: ['a:1', 'b:2', 'c:3'],
      x509SvidTtlSeconds: 200,
      jwtSvidTtlSeconds: 200,
      dnsNames: ['a', 'b'],
    })
    expect(edges(result, 'impersonates')).toHaveLength(5)
    expect(result.unresolved.map(({ reference }) => reference)).toEqual(['spiffe://parent', 'spiffe://parent2'])
  })

  test('entries in their wrapper; federates_with may be one text', () => {
    const result = fixture('spire-entries.json')
    expect(identities(result)).toHaveLength(5)
    expect(identity(result, 'spiffe://id1')?.attributes?.federatesWith).toEqual(['otherdomain.org'])
  })

  test('admin entries are admins of the server; two lifetimes; hint; stored SVIDs', () => {
    const result = fixture('spire-good.json')
    expect(result.instance).toBe('example.org')
    expect(edges(result, 'grants').map(({ from, privilege }) => [from.externalId, privilege])).toEqual([
      ['spiffe://example.org/Blog', 'admin'],
      ['spiffe://example.org/additionalattr', 'admin'],
    ])
    expect(identity(result, 'spiffe://example.org/Database')?.attributes).toMatchObject({
      x509SvidTtlSeconds: 200,
      jwtSvidTtlSeconds: 30,
      hint: 'internal',
    })
    expect(identity(result, 'spiffe://example.org/storesvid')?.attributes?.storesSvid).toBe(true)
  })

  test('an ID of another scheme is refused with its place', () => {
    const result = fixture('spire-invalid.json')
    expect(result.records).toEqual([])
    expect(result.refused).toEqual([
      { at: '$.entries[0]', reason: expect.stringContaining('does not begin with spiffe://') },
    ])
  })
})

const shown = {
  id: '00000000-0000-0000-0000-000000000001',
  spiffe_id: { trust_domain: 'example.org', path: '/daughter' },
  parent_id: { trust_domain: 'example.org', path: '/father' },
  selectors: [{ type: 'bar', value: 'baz' }],
  x509_svid_ttl: 0,
  federates_with: ['spiffe://domaina.test'],
  admin: false,
  downstream: true,
  expires_at: '1552410266',
  dns_names: [],
  revision_number: '0',
  store_svid: false,
  jwt_svid_ttl: 0,
}

describe('what spire-server answers', () => {
  test('IDs as objects, seconds as text, the default lifetime left out', () => {
    const result = map({ entries: [shown], next_page_token: '' })
    expect(identity(result, 'spiffe://example.org/daughter')?.attributes).toEqual({
      trustDomain: 'example.org',
      entryExpiresAt: '2019-03-12T17:04:26.000Z',
      downstream: true,
      selectors: ['bar:baz'],
      entryIds: [shown.id],
      federatesWith: ['domaina.test'],
    })
    expect(edges(result, 'grants')[0]).toMatchObject({ scopes: ['downstream'], privilege: 'admin' })
  })

  test('created entries, single entries, pages, JSON Lines, camel case and selectors as text are the same', () => {
    const camel = {
      spiffeId: 'spiffe://example.org/daughter',
      parentId: 'spiffe://example.org/father',
      selectors: ['bar:baz'],
    }
    for (const value of [{ results: [{ status: { code: 0 }, entry: shown }] }, shown, [{ entries: [shown] }], [camel]])
      expect(identity(map(value), 'spiffe://example.org/daughter')?.attributes?.selectors).toEqual(['bar:baz'])
  })

  test('several entries of one workload are one identity with the selectors of all', () => {
    const other = { ...shown, id: 'second', selectors: ['k8s:ns:web'], parent_id: 'spiffe://example.org/other' }
    const result = map([shown, other])
    expect(identities(result)).toHaveLength(1)
    expect(identities(result)[0]?.attributes).toMatchObject({
      selectors: ['bar:baz', 'k8s:ns:web'],
      entryIds: [shown.id, 'second'],
    })
    expect(edges(result, 'impersonates')).toHaveLength(2)
  })

  test('a node entry has the server for its parent, which is no workload', () => {
    const result = map([{ ...shown, parent_id: 'spiffe://example.org/spire/server' }])
    expect(edges(result, 'impersonates')).toEqual([])
    expect(result.unresolved).toEqual([])
  })

  test('agents resolve the parents', () => {
    const agent = {
      id: { trust_domain: 'example.org', path: '/father' },
      attestation_type: 'k8s_psat',
      banned: true,
      selectors: [],
    }
    const result = map([{ agents: [agent] }, { entries: [shown] }])
    expect(result.unresolved).toEqual([])
    expect(identity(result, 'spiffe://example.org/father')).toMatchObject({
      status: 'disabled',
      attributes: { attestation: 'k8s_psat' },
    })
  })

  test('a printed list with a long run of blanks is gone through once', () => {
    const text = `Entry ID : 1\nSPIFFE ID : spiffe://a/b\nParent ID${' '.repeat(300_000)}: spiffe://a/p\na${' '.repeat(300_000)}b\n`
    const result = connectors[0]?.map({ kind: 'text', name: 'f', text }, { fingerprint: () => '' })
    expect(JSON.stringify(result)).toContain('spiffe://a/p')
  })

  test('the printed list', () => {
    const result = map(
      'Found 1 entry\nEntry ID         : e1\nSPIFFE ID        : spiffe://example.org/web\nParent ID        : spiffe://example.org/father\n' +
        'Revision         : 0\nX509-SVID TTL    : default\nJWT-SVID TTL     : 60\nExpiration time  : 2019-03-12 17:04:26 +0000 UTC\n' +
        'Selector         : k8s:ns:web\nSelector         : k8s:sa:web\nFederatesWith    : spiffe://domaina.test\nAdmin            : true\n\n',
    )
    expect(identity(result, 'spiffe://example.org/web')?.attributes).toMatchObject({
      selectors: ['k8s:ns:web', 'k8s:sa:web'],
      jwtSvidTtlSeconds: 60,
      federatesWith: ['domaina.test'],
      admin: true,
    })
  })
})

describe('refusals', () => {
  const bad = (spiffe_id: unknown) => map([{ ...shown, spiffe_id }]).refused[0]?.reason
  test.each([
    'spiffe://Example.org/web',
    'spiffe://example.org:8443/web',
    'spiffe://example.org/web/',
    'spiffe://example.org//web',
    'spiffe://example.org/../web',
    'spiffe://example.org/we%62',
    { trust_domain: 'example.org', path: '/a b' },
    `spiffe://example.org/${'a'.repeat(2048)}`,
    undefined,
    7,
  ])('%s', (id) => expect(bad(id)).toBeDefined())

  test('an odd selector or parent costs the selector or parent, not the entry', () => {
    const result = map([{ ...shown, selectors: [{ type: 'a' }, 'k8s:ns:web', 'odd'], parent_id: 'x' }])
    expect(identities(result)[0]?.attributes?.selectors).toEqual(['k8s:ns:web'])
    expect(result.refused.map(({ at }) => at)).toEqual(['$[0].selectors[0]', '$[0].selectors[2]', '$[0]'])
  })

  test('an entry of another kind among them is counted', () => {
    expect(map([shown, { hello: 1 }]).refused).toEqual([
      { at: '$[1]', reason: expect.stringContaining('no registration entry') },
    ])
  })
})
