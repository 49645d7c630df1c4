import { describe, expect, it } from 'vitest'
import { doubtsOf, kindLabel, sentenceOf, shareWords, verbOf } from './explore-words'

const step = (from: string, kind: 'grants' | 'assumes' | 'authenticates_as' | 'stores', to: string) => ({
  kind,
  level: kind === 'grants' ? ('secret_read' as const) : null,
  from: { name: from },
  to: { name: to },
})

describe('a kind in words', () => {
  it('begins large, and keeps what is short for something in capitals', () => {
    expect(['api_path', 'secret_store', 'iam', 'api-gateway'].map(kindLabel)).toEqual([
      'API path',
      'Secret store',
      'IAM',
      'API gateway',
    ])
  })
})

describe('a path in words', () => {
  it('is one sentence, whatever its length', () => {
    expect(sentenceOf([])).toBe('')
    expect(sentenceOf([step('api-bot', 'assumes', 'deployer')])).toBe('api-bot assumes deployer.')
    expect(
      sentenceOf([
        step('api-bot', 'grants', 'vault'),
        step('vault', 'stores', 'deploy-key'),
        step('deploy-key', 'authenticates_as', 'deployer'),
      ]),
    ).toBe('api-bot may read the secrets of vault, which stores deploy-key, which signs in as deployer.')
  })

  it('says of a grant what it amounts to, also when nobody knows', () => {
    expect(verbOf({ kind: 'grants', level: 'admin' })).toBe('administers')
    expect(verbOf({ kind: 'grants', level: null })).toBe('may use')
    expect(verbOf({ kind: 'covers', level: null })).toBe('covers')
  })

  it('counts the steps that may not hold', () => {
    expect(
      doubtsOf([
        { condition: null, notEvaluable: null },
        { condition: 'aws:SourceIp', notEvaluable: null },
        { condition: null, notEvaluable: 'a boundary' },
      ]),
    ).toBe(2)
  })
})

it('rounds a share, but never to nothing', () => {
  expect([0, 0.0004, 0.0352, 0.5, 1].map(shareWords)).toEqual(['0 %', 'under 0.1 %', '3.5 %', '50 %', '100 %'])
})
