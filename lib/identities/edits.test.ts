import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareEdits,
  type Editable,
  type Edited,
  editableAfter,
  editedAfter,
  editedOf,
  editOver,
  effectiveOf,
} from './edits'

const source = { description: 'Deploys', environment: 'staging', tags: { team: 'web', cost: '7' } }
const seen: Editable = { ...source, criticality: null, exclusions: [] }
const rotation = { rule: 'rotation', reason: 'vendor', until: '2027-01-01T00:00:00.000Z' } as const

describe('edits over a source', () => {
  it('stand before what the source says, field by field and tag by tag', () => {
    const edited = editedAfter(source, {}, { environment: 'production', tags: { team: null, tier: '1' } })
    expect(edited).toEqual({ environment: 'production', tags: { team: null, tier: '1' } })
    expect(effectiveOf(source, edited)).toEqual({
      description: 'Deploys',
      environment: 'production',
      tags: { cost: '7', tier: '1' },
    })
    expect(effectiveOf({ ...source, environment: 'test', description: 'New' }, edited)).toMatchObject({
      environment: 'production',
      description: 'New',
    })
  })

  it('end when they say what the source says, or the source is asked for', () => {
    const edited: Edited = { description: null, environment: 'production', tags: { team: 'ops', tier: '1' } }
    expect(editedAfter(source, edited, { environment: 'staging', tags: { team: 'web' } })).toEqual({
      description: null,
      tags: { tier: '1' },
    })
    expect(editedAfter(source, edited, { useSource: ['description', 'tags.tier'] })).toEqual({
      environment: 'production',
      tags: { team: 'ops' },
    })
    expect(editedAfter(source, edited, { useSource: ['tags'] })).toEqual({
      description: null,
      environment: 'production',
    })
  })

  it('can be read off the page that shows them', () => {
    const edited: Edited = { description: null, tags: { team: null, tier: '1' } }
    const shown = {
      ...effectiveOf(source, edited),
      edited: { description: true, environment: false, tags: ['team', 'tier'] },
    }
    expect(editedOf(shown)).toEqual(edited)
  })
})

describe('compareEdits', () => {
  it('tells who changed what', () => {
    const theirs = { ...seen, description: 'Theirs', environment: 'production', criticality: 'high' as const }
    const mine = {
      ...seen,
      description: 'Mine',
      environment: 'production',
      tags: { team: 'web' },
      exclusions: [rotation],
    }
    expect(compareEdits(seen, theirs, mine).map(({ path, kind }) => [path, kind])).toEqual([
      ['description', 'conflict'],
      ['environment', 'agreed'],
      ['tags.cost', 'mine'],
      ['criticality', 'theirs'],
      ['exclusions.rotation', 'mine'],
    ])
    expect(compareEdits(seen, theirs, mine)[0]).toMatchObject({ before: 'Deploys', theirs: 'Theirs', mine: 'Mine' })
  })

  const text = fc.constantFrom('', 'a', 'b', 'c')
  const side: fc.Arbitrary<Editable> = fc.record({
    description: fc.option(text.filter(Boolean)),
    environment: fc.option(text.filter(Boolean)),
    tags: fc.dictionary(fc.constantFrom('x', 'y', 'a.b'), text),
    criticality: fc.option(fc.constantFrom('low' as const, 'high' as const)),
    exclusions: fc.subarray([rotation, { ...rotation, rule: 'usage' as const }]),
  })
  const byRule = (value: Editable) => ({
    ...value,
    exclusions: value.exclusions.toSorted((a, b) => a.rule.localeCompare(b.rule)),
  })

  it('leaves nothing of either side out: mine over theirs has my changes and their others', () => {
    fc.assert(
      fc.property(side, side, side, (before, theirs, mine) => {
        const lines = compareEdits(before, theirs, mine)
        const merged = editableAfter(theirs, {}, theirs, editOver(theirs, mine, lines))
        const after = compareEdits(before, theirs, merged)
        for (const line of lines) {
          const found = after.find(({ path }) => path === line.path)
          const wanted = line.kind === 'theirs' ? line.theirs : line.mine
          if (wanted === line.before) expect(found?.mine ?? line.before).toBe(wanted)
          else expect(found?.mine).toBe(wanted)
        }
        expect(after.filter(({ path }) => !lines.some((line) => line.path === path))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('is empty when nobody changed anything, and gives back mine when only I did', () => {
    fc.assert(
      fc.property(side, side, (before, mine) => {
        expect(compareEdits(before, before, before)).toEqual([])
        const edit = editOver(before, mine, compareEdits(before, before, mine))
        expect(byRule(editableAfter(before, {}, before, edit))).toEqual(byRule(mine))
      }),
    )
  })
})
