import { describe, expect, it } from 'vitest'
import { isCurrentEntry, listNavigation, navigation } from './navigation'

describe('navigation', () => {
  it('hides an entry only when its permission is denied', () => {
    expect(listNavigation({})).toHaveLength(navigation.length)
    expect(listNavigation({ 'audit_event:list': false }).map((entry) => entry.label)).not.toContain('Audit')
  })

  it('marks exactly one place as the current one', () => {
    const at = (path: string) => navigation.filter((entry) => isCurrentEntry(entry, path)).map((entry) => entry.label)
    expect(at('/')).toEqual(['Overview'])
    expect(at('/inventory/credentials')).toEqual(['Inventory'])
    expect(at('/identities/0198')).toEqual(['Inventory'])
    expect(at('/inventory-of-others')).toEqual([])
  })

  it('gives every entry keys of its own', () => {
    expect(new Set(navigation.map((entry) => entry.keys)).size).toBe(navigation.length)
  })
})
