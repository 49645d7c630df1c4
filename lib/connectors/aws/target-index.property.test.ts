import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseArn } from './arn'
import { PrincipalTable } from './principal-table'
import { indexTargets } from './target-index'
import { matches } from './wildcards'

const resource = fc
  .record({
    kind: fc.constantFrom('role', 'user'),
    name: fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', 'é', '漢'), maxLength: 6 }),
  })
  .map(({ kind, name }) => `${kind}/${name}`)
const head = fc.constantFrom(
  'arn:aws:iam::123456789012:',
  'arn:aws:iam::999999999999:',
  'arn:aws-cn:iam::123456789012:',
)
const arn = fc.tuple(head, resource).map((parts) => parts.join(''))
const wild = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', 'é', '漢'), maxLength: 6 })
const pattern = fc.oneof(
  fc.constantFrom('*', '**', 'arn:aws:iam::*', 'arn:*', 'role/*', 'arn:aws:iam::*:*', 'arn:aws:iam::$' + '{x}:role/*'),
  arn,
  fc
    .tuple(
      fc.constantFrom('arn:aws:iam::*:', 'arn:aws*:iam::123456789012:', 'arn:aws:*::9?9999999999:', 'arn:aws:s3:::'),
      fc.constantFrom('', 'role/', 'user/', 'ro'),
      wild,
    )
    .map((parts) => parts.join('')),
)
const parts = ['partition', 'service', 'region', 'account', 'resource'] as const

/** One after another, part by part. */
function matching(text: string, arns: readonly string[]): string[] {
  if (/^\*+$/.test(text)) return [...arns]
  const wanted = parseArn(text)
  if (wanted === undefined || text.includes('$' + '{')) return []
  return arns.filter((each) => {
    const own = parseArn(each)
    return own !== undefined && parts.every((part) => matches(wanted[part], own[part]))
  })
}

it('finds those that a pattern matches, in their order, again and again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(arn, { maxLength: 60 }), fc.array(pattern, { maxLength: 12 }), (arns, patterns) => {
      const table = new PrincipalTable()
      for (const each of arns)
        if (each.includes(':user/')) table.addUser({ type: 'identity', externalId: each })
        else table.addRole(each, undefined)
      const index = indexTargets(table)
      for (const text of [...patterns, ...patterns]) {
        const expected = matching(text, arns)
        expect([...index.matching(text)].map((target) => target.arn)).toEqual(expected)
        const users = index.fitting(text, 'users', (known, number) => known.kind(number) === 'user')
        expect([...users].map((target) => target.arn)).toEqual(expected.filter((each) => each.includes(':user/')))
      }
      for (const each of arns) expect(index.has(each)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
