import { describe, expect, it } from 'vitest'
import { readKeyChoice, refuseKey, reviewActs, usualChoice, usualKeys } from './review-keys'

describe('the keys of the workspace', () => {
  it('are told apart, and none of them is the console’s own', () => {
    expect(new Set(Object.values(usualKeys)).size).toBe(reviewActs.length)
    expect(reviewActs.map((act) => refuseKey(usualKeys, act, usualKeys[act]))).toEqual(reviewActs.map(() => undefined))
  })

  it('cannot be what another act has, what the console has, or what is no character', () => {
    expect(refuseKey(usualKeys, 'certify', 'r')).toContain('Revoke')
    expect(refuseKey(usualKeys, 'certify', '?')).toContain('console')
    expect(refuseKey(usualKeys, 'certify', 'Enter')).toContain('letter')
    expect(refuseKey(usualKeys, 'certify', ' ')).toContain('letter')
    expect(refuseKey(usualKeys, 'certify', 'mod+s')).toContain('letter')
    expect(refuseKey(usualKeys, 'certify', 'shift+c')).toBeUndefined()
  })

  it('are read back as they were kept', () => {
    const kept = { areOn: false, keys: { ...usualKeys, certify: 'c' } }
    expect(readKeyChoice(JSON.stringify(kept))).toEqual(kept)
  })

  it('are the usual ones when what was kept does not hold', () => {
    expect(readKeyChoice(null)).toEqual(usualChoice)
    expect(readKeyChoice('{')).toEqual(usualChoice)
    expect(readKeyChoice('[1]')).toEqual(usualChoice)
    expect(readKeyChoice(JSON.stringify({ areOn: true, keys: { certify: 'r' } }))).toEqual(usualChoice)
    expect(readKeyChoice(JSON.stringify({ areOn: true, keys: { certify: 7 } }))).toEqual(usualChoice)
  })
})
