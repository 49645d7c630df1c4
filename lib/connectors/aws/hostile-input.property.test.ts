import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParsedFile } from '../contract'
import { connectors } from './index'

const folder = path.join(import.meta.dirname, 'fixtures')
const values: unknown[] = [
  'authorization-details',
  'credential-report',
  'aws-iam-listings',
  'aws-organizations',
  'aws-secrets-manager',
  'aws-acm',
  'aws-bedrock',
  'aws-resource-policies',
].flatMap((kind) =>
  readdirSync(path.join(folder, kind))
    .filter((name) => name !== 'cloudsplaining-example.json')
    .map((name): unknown => JSON.parse(readFileSync(path.join(folder, kind, name), 'utf8'))),
)
const example: unknown = JSON.parse(
  readFileSync(path.join(folder, 'authorization-details/cloudsplaining-example.json'), 'utf8'),
)
const odd: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  '*',
  ':',
  'arn:',
  'arn:aws:iam::123456789012:role/',
  'arn:::::',
  '%E0%A4%A',
  '{"Statement":7}',
  '__proto__',
  '\u0000',
  [],
  [[]],
  {},
  [null],
  { Statement: [] },
  { Statement: { Effect: 'Deny', NotAction: '*', NotResource: [] } },
  { __class__: 'datetime', year: 'x' },
  'x'.repeat(5000),
]

/** Replaces or removes what stands at a place of the tree that the numbers choose. */
function mutate(value: unknown, [choice, ...rest]: number[], replacement: unknown): unknown {
  if (choice === undefined || typeof value !== 'object' || value === null) return structuredClone(replacement)
  const entries = Object.entries(value)
  const chosen = choice % Math.max(entries.length, 1)
  const changed = entries.flatMap(([key, item], index): [string, unknown][] => {
    if (index !== chosen) return [[key, item]]
    return replacement === undefined && rest.length === 0 ? [] : [[key, mutate(item, rest, replacement)]]
  })
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed)
}

function survives(file: ParsedFile): void {
  for (const connector of connectors) {
    connector.accepts(file)
    const results = [connector.map(file, { fingerprint: () => 'fp' })].flat()
    for (const { at, reason } of results.flatMap(({ refused }) => refused))
      expect([at === '', reason === '']).toEqual([false, false])
  }
}

describe('hostile input', { timeout: 60_000 }, () => {
  it('never throws on exports with a few places changed', () => {
    const place = fc.array(fc.nat(50), { minLength: 1, maxLength: 12 })
    const change = fc.tuple(place, fc.constantFrom(undefined, ...odd))
    fc.assert(
      fc.property(fc.constantFrom(...values), fc.array(change, { minLength: 1, maxLength: 5 }), (value, changes) => {
        let changed = value
        for (const [choices, replacement] of changes) changed = mutate(changed, choices, replacement)
        survives({ kind: 'json', name: 'x', value: changed })
      }),
      { numRuns: 300 },
    )
  })

  it('never throws on the big export with one place changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 2, maxLength: 12 }),
        fc.constantFrom(undefined, ...odd),
        (choices, replacement) => {
          survives({ kind: 'json', name: 'x', value: mutate(example, choices, replacement) })
        },
      ),
      { numRuns: 2 },
    )
  })

  it('never throws on anything at all', () => {
    const header = fc.array(
      fc.constantFrom('arn', 'user', 'password_enabled', 'access_key_1_active', 'cert_1_last_rotated', '__proto__'),
    )
    const cells = fc.dictionary(
      fc.constantFrom('arn', 'user', 'password_enabled', 'cert_1_active', 'x'),
      fc.constantFrom('arn:aws:iam::123456789012:user/a', 'true', '', 'N/A', '9999-99-99'),
    )
    fc.assert(fc.property(fc.anything(), (value) => survives({ kind: 'json', name: 'x', value })))
    fc.assert(
      fc.property(fc.anything(), (value) => survives({ kind: 'yaml', name: 'x', documents: [{ line: 1, value }] })),
    )
    fc.assert(
      fc.property(header, fc.array(cells), (names, rows) => {
        survives({
          kind: 'csv',
          name: 'x',
          header: names,
          rows: rows.map((row, index) => ({ line: index + 2, cells: row })),
          malformed: [],
        })
      }),
    )
    fc.assert(
      fc.property(fc.string(), (content) =>
        survives({
          kind: 'json',
          name: 'x',
          value: { Content: `user,arn,password_enabled\n${content}`, ReportFormat: 'text/csv' },
        }),
      ),
    )
  })

  it('reads ten thousand hostile rows and deep nesting', () => {
    survives({
      kind: 'json',
      name: 'x',
      value: { UserDetailList: Array.from({ length: 10_000 }, () => ({ Arn: '*'.repeat(200) })) },
    })
    const deep = JSON.parse(`${'{"a":'.repeat(400)}1${'}'.repeat(400)}`)
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: deep }
    survives({
      kind: 'json',
      name: 'x',
      value: {
        UserDetailList: [
          {
            Arn: 'arn:aws:iam::123456789012:user/a',
            UserPolicyList: [{ PolicyName: 'p', PolicyDocument: { Statement: statement } }],
          },
        ],
      },
    })
  })
})
