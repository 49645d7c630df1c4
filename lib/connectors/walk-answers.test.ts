import { expect, test } from 'vitest'
import { unfinishedPages } from './walk-answers'

const open = (value: unknown) => unfinishedPages([{ value, at: '$' }]).map(({ at }) => at)
const keys = (...ids: string[]) => ids.map((id) => ({ object: 'key', id }))

test('an answer that says that more follows is unfinished, however it says so', () => {
  expect(open({ accounts: [{ name: 'a' }], nextPageToken: 'x' })).toEqual(['$'])
  expect(open({ servers: [{}], metadata: { nextCursor: 'x' } })).toEqual(['$'])
  expect(open({ members: [{}], response_metadata: { next_cursor: 'x' } })).toEqual(['$'])
  expect(open({ data: keys('a'), has_more: true })).toEqual(['$'])
  expect(open({ result: [{}], result_info: { page: 1, total_pages: 3 } })).toEqual(['$'])
  expect(open({ status_code: 200, data: { accounts: [{}], nextPageToken: 'x' } })).toEqual(['$.data'])
})

test('one that is the last, or is followed by its next page, is not', () => {
  expect(open({ members: [{}], response_metadata: { next_cursor: '' } })).toEqual([])
  expect(open({ data: keys('a'), has_more: false })).toEqual([])
  expect(open({ result: [{}], result_info: { page: 3, total_pages: 3 } })).toEqual([])
  const pages = [
    { data: keys('a'), has_more: true },
    { data: keys('b'), has_more: false },
  ]
  expect(open(pages)).toEqual([])
  expect(open([{ accounts: [{ name: 'a' }], nextPageToken: 'x' }, { accounts: [{ name: 'b' }] }])).toEqual([])
})

test('a page of another listing does not finish it', () => {
  const users = [{ object: 'user', id: 'u' }]
  expect(
    open([
      { data: keys('a'), has_more: true },
      { data: users, has_more: false },
    ]),
  ).toEqual(['$[0]'])
  expect(open({ one: { data: keys('a'), has_more: true }, two: { data: users } })).toEqual(['$.one'])
})
