import { expect, it } from 'vitest'
import { originWords } from './sensitivity-words'

it('says where a sensitivity comes from, by name only when the name is of that origin', () => {
  expect(originWords('rule', { by: 'rule', who: 'Vaults' })).toBe('as the rule “Vaults” decides')
  expect(originWords('hand', { by: 'hand', who: 'Ada' })).toBe('as Ada has said')
  expect(originWords('source', { by: 'hand', who: 'Ada' })).toBe('as its source says')
  expect(originWords('nobody', undefined)).toMatch(/^nobody/)
})
