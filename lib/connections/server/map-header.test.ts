import { expect, it } from 'vitest'
import { fitColumns, headerKey } from './map-header'

it('a header is the same in another order, case and spacing, and not with other titles', () => {
  expect(headerKey(['Name', ' Owner  e-mail'])).toBe(headerKey(['owner E-Mail ', 'name']))
  expect(headerKey(['Name'])).not.toBe(headerKey(['Name', 'Owner']))
  expect(headerKey(['a,b'])).not.toBe(headerKey(['a', 'b']))
})

it('a mapping is told in the titles of the file at hand', () => {
  expect(fitColumns({ name: 'Account', owner: 'Team' }, ['ACCOUNT ', 'x'])).toEqual({ name: 'ACCOUNT ' })
})
