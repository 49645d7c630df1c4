import { describe, expect, it } from 'vitest'
import type { FilterLanguage } from './filter-language'
import { parseFilter, withoutHalfKey } from './parse-filter'

const language: FilterLanguage<{ q?: string; owner?: string[] }> = {
  words: { name: 'q', maxLength: 200 },
  examples: [],
  keys: [
    {
      key: 'owner',
      aliases: ['by'],
      name: 'owner',
      about: 'who answers for it',
      values: { kind: 'choice', words: ['none'] },
    },
  ],
}

describe('withoutHalfKey', () => {
  it('takes off a last word that a key begins with', () => {
    expect(withoutHalfKey(language, 'deploy own')).toBe('deploy ')
    expect(withoutHalfKey(language, 'Owner')).toBe('')
  })

  it('leaves whatever is finished, short, in quotes or something else', () => {
    for (const text of ['own ', 'own deploy', 'ow', '"own"', 'owl', 'owner:none', 'owner:', ''])
      expect(withoutHalfKey(language, text), text).toBe(text)
  })
})

describe('parseFilter', () => {
  it('says of a secret among the words that it is one, wherever somebody is writing', () => {
    const key = ['npm', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_')
    const { errors } = parseFilter(language, `deploy ${key} owner:none`)
    expect(errors).toMatchObject([{ from: 7, to: 7 + key.length, isFinal: true }])
    expect(JSON.stringify(errors)).not.toContain('npm_')
  })
})
