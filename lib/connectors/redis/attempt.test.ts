import { describe, expect, it } from 'vitest'
import { commandsFor } from './attempt'

const categories = new Map([
  ['read', new Set(['get', 'hgetall', 'exists', 'strlen'])],
  ['write', new Set(['set', 'del'])],
  ['pubsub', new Set(['+publish'])],
])
const tried = (on: string, scopes: string[]) => commandsFor({ on, scopes }, categories, 'm')

describe('what tries a right on keys', () => {
  it('names a key that nobody has, and of a category a few commands', () => {
    expect(tried('keys:reports:*', ['+get'])).toEqual([['get', 'reports:bailiwick-m']])
    expect(tried('keys:reports:*', ['+@read']).map(([command]) => command)).toEqual(['get', 'exists', 'strlen'])
    expect(tried('keys:reports:*', ['+@write'])).toEqual([
      ['set', 'reports:bailiwick-m', '', 'XX'],
      ['del', 'reports:bailiwick-m'],
    ])
  })

  it('writes nothing under a key that somebody may have', () => {
    expect(tried('keys:reports:total', ['+set', '+del'])).toEqual([])
    expect(tried('keys:reports:total', ['+get'])).toEqual([['get', 'reports:total']])
  })

  it('tries nothing that it cannot try without harm', () => {
    expect(tried('keys:report[s]:*', ['+get'])).toEqual([])
    expect(tried('channel:news', ['+publish'])).toEqual([])
    expect(tried('keys:reports:*', ['+flushall', '+@pubsub', '+constructor'])).toEqual([])
  })
})
