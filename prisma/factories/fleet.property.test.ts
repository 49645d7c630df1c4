import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FleetPlan, organizationSizes, planOrganization } from './fleet'
import { sourceIdentities, sourceParts } from './fleet-records'

const plan: FleetPlan = { seed: 7, identities: 1200, organizations: 3, asOf: new Date('2026-11-22T00:00:00Z') }

describe('the sizes of generated organizations', () => {
  it('add up, leave nobody out, and the first has three fifths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 2_000_000 }), fc.integer({ min: 2, max: 300 }), (total, count) => {
        const sizes = organizationSizes(total, count)
        expect(sizes).toHaveLength(count)
        expect(Math.min(...sizes)).toBeGreaterThan(0)
        expect(sizes.reduce((a, b) => a + b, 0)).toBe(total)
        expect((sizes[0] ?? 0) / total).toBeGreaterThan(0.59)
      }),
    )
  })
})

describe('generated records', () => {
  const org = planOrganization(plan, 0, 720)
  const all = () => org.sources.flatMap((source) => [...sourceParts(plan, org, source)].flatMap((part) => part.records))

  it('are the same each time, and others for another seed', () => {
    expect(all()).toEqual(all())
    const other = { ...plan, seed: 8 }
    const elsewhere = planOrganization(other, 0, 720)
    const [source] = elsewhere.sources
    if (!source) throw new Error('no source')
    expect([...sourceIdentities(other, elsewhere, source)][0]).not.toEqual(
      all().find(({ type }) => type === 'identity'),
    )
  })

  it('have as many identities as planned, several edges each, and ends that exist', () => {
    const records = all()
    const identities = records.filter(({ type }) => type === 'identity')
    expect(identities).toHaveLength(720)
    const known = new Set(
      records.flatMap((record) => ('externalId' in record ? `${record.type} ${record.externalId}` : [])),
    )
    const edges = records.flatMap((record) => (record.type === 'entitlement' ? record : []))
    // A million have about ten each; the roles of a small source have less to reach.
    expect(edges.length / identities.length).toBeGreaterThan(4)
    for (const { from, to } of edges) {
      expect(known).toContain(`${from.type} ${from.externalId}`)
      expect(known).toContain(`${to.type} ${to.externalId}`)
    }
  })

  it('tell the same identities one by one as part by part', () => {
    for (const source of org.sources) {
      const parts = [...sourceParts(plan, org, source)]
        .flatMap(({ records }) => records)
        .filter(({ type }) => type === 'identity')
      expect([...sourceIdentities(plan, org, source)]).toEqual(parts)
    }
  })
})
