import { expect, it } from 'vitest'
import { originWords, ruleSentence } from './sensitivity-words'

it('says where a sensitivity comes from, by name only when the name is of that origin', () => {
  expect(originWords('rule', { by: 'rule', who: 'Vaults' })).toBe('as the rule “Vaults” decides')
  expect(originWords('hand', { by: 'hand', who: 'Ada' })).toBe('as Ada has said')
  expect(originWords('source', { by: 'hand', who: 'Ada' })).toBe('as its source says')
  expect(originWords('nobody', undefined)).toMatch(/^nobody/)
})

it('says what a rule is about, with as many words as it has conditions', () => {
  const none = { system: null, kind: null, environment: null, pattern: null }
  expect(ruleSentence(none)).toBe('Everything')
  expect(ruleSentence({ ...none, kind: 'kms_key', system: 'aws', pattern: 'prod-*' })).toBe(
    'Everything of the kind kms key of aws whose name or id has prod-*',
  )
})
