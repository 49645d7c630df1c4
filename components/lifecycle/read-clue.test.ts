import { describe, expect, it } from 'vitest'
import { endOf, readClue } from './read-clue'

describe('a clue about a leaked key', () => {
  it('is tried as the key itself before it is taken for a name', () => {
    expect(readClue('Sommer2024!')).toEqual(['value', 'name'])
    expect(readClue('checkout_api')).toEqual(['value', 'name'])
  })

  it('is never looked for among names when it looks like a secret', () => {
    const token = `ghp_${'aB3dE5fG7hJ9kL1m'.repeat(2)}`
    expect(readClue(token)).toEqual(['value'])
    expect(readClue('-----BEGIN RSA PRIVATE KEY-----\nabc')).toEqual(['value'])
    expect(readClue(`postgres://app:${'s3cret'}@db/shop`)).toEqual(['value'])
  })

  it('knows a fingerprint, and the last four characters with or without points before them', () => {
    expect(readClue('fp1:Zm9vYmFyYmF6')).toEqual(['fingerprint'])
    expect(readClue(' 9f3c ')).toEqual(['lastFour', 'value', 'name'])
    expect(readClue('…9f3c')[0]).toBe('lastFour')
    expect(endOf('…9f3c')).toBe('9f3c')
  })

  it('asks nothing of an empty field', () => expect(readClue('  \n')).toEqual([]))
})
