import { describe, expect, it } from 'vitest'
import { currentEntry } from './drawn-entry'
import { innerPlaces } from './inner-places'
import { listNavigation, navigation } from './navigation'
import { placeWords } from './place-words'

describe('navigation', () => {
  it('hides an entry only when its permission is denied', () => {
    expect(listNavigation({})).toHaveLength(navigation.length)
    expect(listNavigation({ 'audit_event:list': false }).map((entry) => entry.label)).not.toContain('Audit')
  })

  it('marks exactly one place as the current one', () => {
    const at = (path: string) => [currentEntry(navigation, path)].flatMap((entry) => entry?.label ?? [])
    expect(at('/')).toEqual(['Overview'])
    expect(at('/inventory/credentials')).toEqual(['Inventory'])
    expect(at('/identities/0198')).toEqual(['Inventory'])
    expect(at('/grants/standing')).toEqual(['Without an end'])
    expect(at('/grants/0198')).toEqual(['Access for a task'])
    expect(at('/ask')).toEqual(['Access for a task'])
    expect(at('/inventory-of-others')).toEqual([])
    expect(at('/explore/choke-points')).toEqual(['Explore'])
    expect(at('/resources/0198')).toEqual(['Resources'])
  })

  it('has words for every entry by which the palette finds it, and for no other', () => {
    const places = [...navigation, ...innerPlaces].map((entry) => entry.href)
    expect(Object.keys(placeWords).toSorted()).toEqual(places.toSorted())
  })

  it('gives every entry keys of its own', () => {
    const keys = [...navigation, ...innerPlaces].map((entry) => entry.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
