import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { privileges } from '@/lib/connectors/contract'
import { countChanges, noChanges, parseChanges, printChanges, withChange, withoutChange } from './what-if-address'

const id = '0198f0a2-7c1e-7b3a-8f00-00ff10ab0001'
const other = 'ffffffff-ffff-4fff-bfff-fffffffffffe'

describe('changes in an address', () => {
  it('come back as they went in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { maxLength: 20 }),
        fc.uniqueArray(fc.uuid(), { maxLength: 5 }),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
        fc.constantFrom(...privileges),
        (edges, credentials, instant, privilege) => {
          const changes = {
            cutEdges: edges.slice(0, 10),
            cutCredentials: credentials.slice(0, 3),
            shorten: credentials.slice(3).map((credentialId) => ({
              credentialId,
              expiresAt: `${instant.toISOString().slice(0, 19)}.000Z`,
            })),
            lower: edges.slice(10).map((edgeId) => ({ edgeId, privilege })),
          }
          expect(parseChanges(printChanges(changes))).toEqual(changes)
          expect(encodeURIComponent(printChanges(changes))).toBe(printChanges(changes))
        },
      ),
    )
  })

  it('leave out what cannot be read, and are nothing when nothing can', () => {
    expect(printChanges(noChanges)).toBe('none')
    expect(parseChanges('none')).toEqual(noChanges)
    const one = printChanges(withChange(noChanges, { kind: 'cutEdge', id }))
    expect(parseChanges(`${one}.rubbish.s${one.slice(1)}~2026-99-99.l${one.slice(1)}~god`)).toEqual({
      ...noChanges,
      cutEdges: [id],
    })
    const until = (text: string) => parseChanges(`s${one.slice(1)}~${text}`)?.shorten.map(({ expiresAt }) => expiresAt)
    expect(until('20261130T081230Z')).toEqual(['2026-11-30T08:12:30.000Z'])
    // As addresses said it before they told the time of day.
    expect(until('2026-11-30')).toEqual(['2026-11-30T00:00:00.000Z'])
    expect([until('20261130T256161Z'), until('20261130T'), until('----------')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(parseChanges('<script>')).toBeNull()
    expect(parseChanges('')).toBeNull()
  })

  it('hold one change for each thing', () => {
    const cut = withChange(noChanges, { kind: 'cutEdge', id })
    const lowered = withChange(cut, { kind: 'lower', id, privilege: 'read' })
    expect(lowered).toEqual({ ...noChanges, lower: [{ edgeId: id, privilege: 'read' }] })
    const both = withChange(lowered, { kind: 'cutCredential', id: other })
    expect(countChanges(both)).toBe(2)
    expect(withoutChange(withoutChange(both, id), other)).toEqual(noChanges)
  })
})
