import { expect, test } from 'vitest'
import { databricksRights } from './saas/databricks'
import { wordTable } from './word-table'

test('what every object has is no word of a table', () => {
  const table = wordTable({ read: 1 })
  expect(table.read).toBe(1)
  for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing']) {
    expect(table[word]).toBeUndefined()
    expect(databricksRights[word]).toBeUndefined()
  }
  expect(Object.entries(table)).toEqual([['read', 1]])
})
