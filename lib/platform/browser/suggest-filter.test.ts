import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FilterLanguage } from './filter-language'
import { nearestWord } from './filter-words'
import { parseFilter } from './parse-filter'
import { suggestFilter, valueAt } from './suggest-filter'

const language: FilterLanguage<{ q?: string }> = {
  words: { name: 'q', maxLength: 50 },
  examples: [],
  keys: [
    {
      key: 'kind',
      aliases: ['type'],
      name: 'kind',
      about: 'what it is',
      values: { kind: 'choice', words: ['bot', 'service_account'] },
    },
    {
      key: 'owner',
      aliases: [],
      name: 'owner',
      about: 'who',
      values: { kind: 'choice', words: ['none', 'mine'], labels: 'ownedBy' },
    },
    {
      key: 'env',
      aliases: ['environment'],
      name: 'environment',
      about: 'where',
      values: { kind: 'open', maxLength: 20, synonyms: {} },
    },
    { key: 'source', aliases: [], name: 'source', about: 'from', values: { kind: 'named' } },
    { key: 'age', aliases: [], name: 'age', about: 'older', values: { kind: 'span', sign: '>', words: ['never'] } },
  ],
}
const uuid = '0192aaaa-bbbb-7ccc-8ddd-000000000001'
const options = {
  kind: [{ value: 'service_account', label: 'Service account', count: 12 }],
  environment: [
    { value: 'staging', label: 'staging', count: 4 },
    { value: 'production', label: 'production', count: 9 },
  ],
  ownedBy: [{ value: 'Platform team', label: 'Platform team' }],
  source: [{ value: uuid, label: 'Main account', count: 3 }],
  age: [{ value: '45d', label: 'Over 45 days' }],
}
/** The caret stands at the bar. */
function at(text: string) {
  return suggestFilter(language, text.replace('|', ''), text.indexOf('|'), options)
}
const inserts = (text: string) => at(text).map(({ insert }) => insert)

describe('suggestFilter', () => {
  it('offers the keys that are not used yet where nothing stands', () => {
    expect(inserts('|')).toEqual(['kind:', 'owner:', 'env:', 'source:', 'age:'])
    expect(inserts('type:bot owner:none |')).toEqual(['env:', 'source:', 'age:'])
    expect(inserts('|kind:bot')).toEqual([])
  })

  it('completes keys by name and alias, and words to values with their counts', () => {
    expect(inserts('k|')).toEqual(['kind:'])
    expect(inserts('TY|')).toEqual(['kind:'])
    expect(at('x envi|')).toMatchObject([{ kind: 'key', insert: 'env:', from: 2, to: 6, isWhole: false }])
    expect(at('prod|')).toEqual([{ kind: 'value', insert: 'env:production', from: 0, to: 4, isWhole: true, count: 9 }])
    expect(inserts('main|')).toEqual(['source:"Main account"'])
    expect(inserts('deploy|')).toEqual([])
    expect(inserts('"kind|')).toEqual([])
  })

  it('offers the values of a key, those of a menu with what they would leave', () => {
    expect(at('kind:|')).toMatchObject([
      { insert: 'bot', count: 0, from: 5, to: 5 },
      { insert: 'service_account', count: 12 },
    ])
    expect(inserts('env:|')).toEqual(['staging', 'production'])
    expect(inserts('kind:bot,|')).toEqual(['service_account'])
    expect(inserts('kind:s|,bot x')).toEqual(['service_account'])
    expect(at('kind:acc| x')).toMatchObject([{ insert: 'service_account', from: 5, to: 8 }])
    expect(inserts('kind:zzz|')).toEqual([])
  })

  it('writes names in quotes and finds them by their words', () => {
    expect(inserts('source:acc|')).toEqual(['"Main account"'])
    expect(inserts('owner:"pla|')).toEqual(['"Platform team"'])
    expect(inserts('owner:|')).toEqual(['none', 'mine', '"Platform team"'])
  })

  it('gives numbers their unit, and lengths of time as the menu has them', () => {
    expect(inserts('age:>7|')).toEqual(['>7d', '>7w', '>7m', '>7y'])
    expect(at('age:|')).toMatchObject([{ insert: '>45d', label: 'Over 45 days' }, { insert: 'never' }])
    expect(inserts('age:n|')).toEqual(['never'])
  })

  it('offers the text itself, and a near key, where there is no such filter', () => {
    expect(inserts('arn:aws:iam::1:role/x|')).toEqual(['"arn:aws:iam::1:role/x"'])
    expect(at('knd:b|')).toMatchObject([
      { kind: 'key', insert: 'kind:', from: 0, to: 4 },
      { kind: 'fix', insert: '"knd:b"', from: 0, to: 5 },
    ])
  })

  it('never offers anything that is then refused', () => {
    const piece = fc.constantFrom('kind', 'ow', 'env:', 'source:', 'age:', ',', '"', ' ', 'pro', '4', 'main', ':', 'b')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.nat(20), (pieces, place) => {
        const text = pieces.join('')
        for (const { insert, from, to, isWhole } of suggestFilter(language, text, place % (text.length + 1), options)) {
          expect(from).toBeLessThanOrEqual(to)
          const next = text.slice(0, from) + insert + text.slice(to)
          const errors = parseFilter(language, next, options).errors ?? []
          const inside = errors.filter((error) => error.from >= from && error.to <= from + insert.length)
          if (isWhole) expect(inside, `${text} → ${next}`).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('valueAt', () => {
  it('knows whose value is being written', () => {
    expect(valueAt(language, 'x owner:"Pla', 12)).toMatchObject({
      key: { key: 'owner' },
      item: { text: 'Pla', from: 8 },
    })
    expect(valueAt(language, 'owner:a,b', 7)?.item.text).toBe('a')
    expect(valueAt(language, 'owner:a', 3)).toBeUndefined()
    expect(valueAt(language, 'nothing:a', 9)).toBeUndefined()
  })
})

describe('nearestWord', () => {
  it.each([
    ['knid', 'kind'],
    ['ownr', 'owner'],
    ['Service-acc', 'service_account'],
    ['x', undefined],
    ['', undefined],
    ['entirely', undefined],
  ])('%s: %s', (word, near) => {
    expect(nearestWord(word, ['kind', 'owner', 'service_account', 'expires'])).toBe(near)
  })
})
