import { describe, expect, it } from 'vitest'
import { paletteIdentitiesQuery, parsePaletteQuery } from './palette-query'

describe('parsePaletteQuery', () => {
  it('splits the kind from the words', () => {
    expect(parsePaletteQuery('type:ai_agent billing')).toEqual({ kind: 'ai_agent', text: 'billing' })
    expect(parsePaletteQuery('kind:service-account')).toEqual({ kind: 'service_account', text: '' })
    expect(parsePaletteQuery('type:bo deploy')).toEqual({ kind: 'bot', text: 'deploy' })
  })

  it('takes an unknown prefix for words', () => {
    expect(parsePaletteQuery(' type:robot x ')).toEqual({ text: 'type:robot x' })
    expect(parsePaletteQuery('arn:aws:iam')).toEqual({ text: 'arn:aws:iam' })
  })

  it('asks nothing for a single letter', () => {
    expect(paletteIdentitiesQuery({ text: 'a' }).enabled).toBe(false)
    expect(paletteIdentitiesQuery({ text: '', kind: 'bot' }).enabled).toBe(true)
  })
})
