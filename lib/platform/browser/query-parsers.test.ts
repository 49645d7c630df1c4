import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listOf, parsersFor } from './query-parsers'

const parsers = parsersFor({
  words: listOf(z.string().min(1)).optional(),
  kind: listOf(z.enum(['bot', 'workload'])).optional(),
  q: z.string().max(5).optional(),
})

describe('parsersFor', () => {
  it('gives back every list that it wrote', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 }), (words) => {
        fc.pre(words.join('').length < 500)
        expect(parsers.words.parse(parsers.words.serialize(words))).toEqual(words)
      }),
    )
  })

  it('ignores what the contract refuses', () => {
    expect(parsers.kind.parse('bot,nonsense')).toBeNull()
    expect(parsers.kind.parse('')).toBeNull()
    expect(parsers.q.parse('too long')).toBeNull()
    expect(parsers.kind.parse('bot,bot,workload')).toEqual(['bot', 'workload'])
  })
})
