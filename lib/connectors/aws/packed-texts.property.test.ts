import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PackedTexts } from './packed-texts'
import { PackedValues } from './packed-values'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Half of a character that takes two.
  fc.string({ unit: fc.constantFrom('a', 'é', '\ud83d', '\ude00', '\0'), maxLength: 6 }),
  fc.integer({ min: 1_000_000, max: 2_500_000 }).map((length) => 'x'.repeat(length)),
)

it('gives each text one number, and the text back', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 300 }), text, (texts, other) => {
      const packed = new PackedTexts()
      const known = new Map<string, number>()
      for (const each of texts) {
        const number = known.get(each) ?? known.size
        known.set(each, number)
        expect(packed.add(each)).toBe(number)
      }
      expect(packed.size).toBe(known.size)
      for (const [each, number] of known) {
        expect(packed.find(each)).toBe(number)
        expect(packed.at(number) === each).toBe(true)
        expect(packed.at(number, Math.min(3, each.length)) === each.slice(3)).toBe(true)
      }
      expect(packed.find(other)).toBe(known.get(other))
    }),
    { numRuns: 60 },
  )
})

it('keeps tens of thousands of texts apart', () => {
  const packed = new PackedTexts()
  for (let no = 0; no < 50_000; no++) packed.add(`arn:aws:iam::123456789012:role/r-${no}`)
  expect(packed.size).toBe(50_000)
  for (let no = 0; no < 50_000; no++) expect(packed.find(`arn:aws:iam::123456789012:role/r-${no}`)).toBe(no)
  expect(packed.find('arn:aws:iam::123456789012:role/r-50000')).toBeUndefined()
})

it('gives values back by their last name, whatever was asked for in between', () => {
  const values = new PackedValues<{ of: string }>()
  // More than lie ready.
  const of = (no: number) => ({ of: `${no} `.repeat(10_000) })
  for (let no = 0; no < 150; no++) values.set(`p-${no}`, of(no))
  for (let no = 0; no < 150; no += 7) expect(values.get(`p-${no}`)).toEqual(of(no))
  values.set('p-7', of(1))
  expect(values.get('p-7')).toEqual(of(1))
  expect(values.get('p-149')).toEqual(of(149))
  expect(values.has('p-150')).toBe(false)
  expect(values.get('p-150')).toBeUndefined()
})
