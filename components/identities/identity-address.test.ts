import { expect, it } from 'vitest'
import { exactText } from '@/lib/platform/browser/address-parsers'
import { loadIdentityPage } from './identity-address'

const accessParsers = { find: exactText(200) }
const dropped = (search: Record<string, string | string[]>) =>
  loadIdentityPage(search, accessParsers).dropped.map(({ name, why }) => `${name} ${why}`)

it('says what of the address of an identity it does not understand, by the tab that it shows', () => {
  expect(loadIdentityPage({ tab: 'zzz', foo: '1' }, accessParsers)).toMatchObject({
    tab: 'summary',
    dropped: [
      { at: 0, name: 'tab', text: 'zzz', why: 'malformed' },
      { at: 1, name: 'foo', text: '1', why: 'unknown' },
    ],
  })
  expect(dropped({ tab: 'history', field: 'owner' })).toEqual([])
  expect(dropped({ tab: 'history', field: 'nope' })).toEqual(['field malformed'])
  expect(dropped({ tab: 'summary', field: 'owner' })).toEqual(['field unknown'])
  expect(dropped({ tab: 'blast-radius', sort: 'nope', system: 'aws', level: '0' })).toContain('sort malformed')
  expect(dropped({ tab: ['access', 'history'], find: 's3' })).toEqual(['tab repeated'])
})
