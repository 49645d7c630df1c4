import { expect, test } from 'vitest'
import { type ListedStage, nextPath, readStages } from './linked-pages'
import type { DiscoveryPage } from './live-contract'
import { LiveError } from './live-error'

const endpoint = { host: 'api.example.org', port: 443, tls: 'verify' as const }

test('reads the next page out of a Link', () => {
  const at = (link: string | string[]) => nextPath(endpoint, { link } as never)
  const next = '</items?page=2>; rel="next"'
  expect(at(`<https://api.example.org/items?page=9>; rel="last", ${next}`)).toBe('/items?page=2')
  expect(at('<https://api.example.org:443/items?after=a%2Cb&x=1>; rel=next')).toBe('/items?after=a%2Cb&x=1')
  expect(at(['</items?page=1>; rel="self"', '</items?page=2>; title="a, b"; rel="prev next"'])).toBe('/items?page=2')
  expect(at('</items?page=1>; rel="prev"; title="rel=next"')).toBeUndefined()
  expect(at('</items?page=1>; rel="nextish"')).toBeUndefined()
  expect(nextPath(endpoint, {})).toBeUndefined()
})

test('goes to no other server for it', () => {
  for (const place of [
    'https://evil.example',
    'http://api.example.org',
    'https://api.example.org:8443',
    '//evil.example',
  ])
    expect(() => nextPath(endpoint, { link: `<${place}/items>; rel="next"` })).toThrow(
      expect.objectContaining({ code: 'unexpected_answer' }),
    )
})

const call = { signal: new AbortController().signal, pace: async () => {} }
const stage = (id: string, pages: number): ListedStage<object> => ({
  id,
  scope: `what ${id} holds`,
  first: () => (pages === 0 ? undefined : '1'),
  read: async (_, path) => ({
    records: [{ type: 'role', externalId: `${id}${path}`, kind: 'role', name: id }],
    nextPath: Number(path) < pages ? String(Number(path) + 1) : undefined,
  }),
})
const closed: ListedStage<object> = {
  ...stage('b', 1),
  read: async () => {
    throw new LiveError('forbidden', 'not you')
  },
}

test('goes through lists one after another, from any cursor', async () => {
  const stages = [stage('a', 2), closed, stage('none', 0), stage('c', 1)]
  const found: string[] = []
  const skipped: unknown[] = []
  const cursors: (string | null)[] = []
  for (let cursor: string | null = null; ; ) {
    const page: DiscoveryPage = await readStages(stages, {}, { cursor }, call)
    found.push(...page.records.flatMap((record) => ('externalId' in record ? record.externalId : [])))
    skipped.push(...page.skipped)
    cursors.push(page.next)
    cursor = page.next
    if (cursor === null) break
  }
  expect(found).toEqual(['a1', 'a2', 'c1'])
  expect(skipped).toEqual([{ scope: 'what b holds', reason: 'not you' }])
  expect(cursors).toEqual(['a 2', 'b ', 'none ', 'c ', null])
  expect((await readStages(stages, {}, { cursor: 'a 2' }, call)).records).toMatchObject([{ externalId: 'a2' }])
  await expect(readStages(stages, {}, { cursor: 'gone ' }, call)).rejects.toMatchObject({ code: 'unexpected_answer' })
})
