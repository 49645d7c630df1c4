import { describe, expect, it } from 'vitest'
import { isCharacterBinding, keyCaps, matchKeys, pressToNotation } from './shortcut-keys'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) =>
  pressToNotation({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

describe('shortcut keys', () => {
  it('reads Ctrl and Cmd as one', () => {
    expect(press('k', { ctrlKey: true })).toBe('mod+k')
    expect(press('K', { metaKey: true })).toBe('mod+k')
  })

  it('names Shift with letters, not with signs', () => {
    expect(press('?', { shiftKey: true })).toBe('?')
    expect(press('A', { shiftKey: true })).toBe('shift+a')
  })

  it('matches sequences step by step', () => {
    expect(matchKeys('g i', ['g'])).toBe('part')
    expect(matchKeys('g i', ['g', 'i'])).toBe('full')
    expect(matchKeys('g i', ['g', 'o'])).toBe('none')
    expect(matchKeys('j', ['g', 'j'])).toBe('none')
  })

  it('knows which bindings may be switched off', () => {
    expect(['?', 'j', 'g i', 'shift+a'].every(isCharacterBinding)).toBe(true)
    expect(['mod+k', 'Enter', 'ArrowDown'].some(isCharacterBinding)).toBe(false)
  })

  it('shows the caps of the platform', () => {
    expect(keyCaps('mod+k', false)).toEqual([['Ctrl', 'K']])
    expect(keyCaps('mod+k', true)).toEqual([['⌘', 'K']])
    expect(keyCaps('g i', false)).toEqual([['G'], ['I']])
  })
})
