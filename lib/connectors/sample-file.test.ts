import { describe, expect, test } from 'vitest'
import type { ParsedFile } from './contract'
import { detectFormat } from './registry'
import { sampleFile } from './sample-file'

const many = 20_000
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'f.json', value })
const jsonOf = (file: ParsedFile) => (file.kind === 'json' ? file.value : undefined)
const strange = (count: number) => Array.from({ length: count }, (_, no) => ({ id: no, title: `entry ${no}` }))
const assignment = {
  id: '/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a',
  principalId: '00000000-0000-0000-0000-000000000001',
  principalType: 'ServicePrincipal',
  roleDefinitionId: '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/b',
  roleDefinitionName: 'Contributor',
  scope: '/subscriptions/s',
}
const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r' }, rules: [] }

function countValues(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0
  return Object.values(node).reduce<number>((sum, inner) => sum + 1 + countValues(inner), 0)
}

describe('sampleFile', () => {
  test('gives a file back that is not long', () => {
    const file = json({ items: strange(2_000) })
    expect(sampleFile(file)).toBe(file)
    const rows = Array.from({ length: 1_000 }, (_, line) => ({ line, cells: { a: 'x' } }))
    const table: ParsedFile = { kind: 'csv', name: 'f.csv', header: ['a'], rows, malformed: [] }
    expect(sampleFile(table)).toBe(table)
  })

  test.each<[string, () => unknown]>([
    ['a long list', () => strange(many)],
    ['a list of lists', () => Array.from({ length: 500 }, () => strange(500))],
    ['many members', () => Object.fromEntries(strange(many).map((entry) => [`k${entry.id}`, entry]))],
    [
      'entries that are all of another shape',
      () => strange(many).map(({ id }) => ({ [`k${id}`]: { [`m${id}`]: [id] } })),
    ],
    [
      'lists in lists in lists',
      () => Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => ({ list: strange(50) }))),
    ],
  ])('is bounded for %s, the same each time, and has the first entry', (_name, make) => {
    const value = make()
    const sample = jsonOf(sampleFile(json(value)))
    expect(countValues(sample)).toBeGreaterThan(100)
    expect(countValues(sample)).toBeLessThanOrEqual(8_000)
    expect(JSON.stringify(sample).length).toBeLessThan(500_000)
    expect(jsonOf(sampleFile(json(make())))).toEqual(sample)
    expect(Object.keys(sample as object)[0]).toEqual(Object.keys(value as object)[0])
  })

  test('looks into a long text that holds an answer', () => {
    const sample = jsonOf(sampleFile(json([{ body: JSON.stringify(strange(many)) }]))) as { body: string }[]
    const inside = JSON.parse(sample[0]?.body ?? '') as { id: number }[]
    expect(inside.length).toBeGreaterThan(100)
    expect(inside.length).toBeLessThanOrEqual(400)
    expect(inside.at(-1)?.id).toBe(many - 1)
    const broken = json([{ body: `[${'x'.repeat(100_000)}` }])
    expect(sampleFile(broken)).toEqual(broken)
  })

  test('has the last entry, and of a table rows from all over it', () => {
    const last = jsonOf(sampleFile(json(strange(many)))) as { id: number }[]
    expect(last.map(({ id }) => id)).toContain(many - 1)
    const rows = Array.from({ length: many }, (_, line) => ({ line, cells: { a: 'x' } }))
    const sample = sampleFile({ kind: 'csv', name: 'f.csv', header: ['a'], rows, malformed: [] })
    const lines = sample.kind === 'csv' ? sample.rows.map(({ line }) => line) : []
    expect(lines).toHaveLength(1_000)
    expect(lines.slice(0, 750)).toEqual([...Array(750).keys()])
    expect(lines.at(-1)).toBe(many - 1)
  })

  test('keeps fields of a file with many of them, whatever lies between', () => {
    const value = { ...Object.fromEntries(strange(many).map((entry) => [`k${entry.id}`, entry])), lineage: 'l' }
    expect(jsonOf(sampleFile(json(value)))).toMatchObject({ k0: { id: 0 }, lineage: 'l' })
  })
})

describe('detectFormat of a long file', () => {
  test('looks at few of the entries of a file that no format knows', () => {
    let looks = 0
    const entries = Array.from({ length: many }, () =>
      Object.defineProperty({}, 'name', {
        enumerable: true,
        get: () => {
          looks += 1
          return 'x'
        },
      }),
    )
    expect(detectFormat(json(entries))).toBeUndefined()
    // Once each for its shape, and those of the sample by every format.
    expect(looks).toBeLessThan(2 * many)
  })

  test.each([17, 1_003, 11_111, many - 1])('sees the one entry that tells, at place %d', (at) => {
    const mixed = (entry: unknown) => strange(many).toSpliced(at, 0, entry as never)
    expect(detectFormat(json(mixed(assignment)))?.id).toBe('azure-role-assignments')
    expect(detectFormat(json({ value: mixed(assignment) }))?.id).toBe('azure-role-assignments')
    expect(detectFormat(json(mixed(role)))?.id).toBe('kubernetes-manifests')
  })

  test('sees concatenated Kubernetes lists behind other documents', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: Array.from({ length: 3_000 }, () => role) }
    const strangers = strange(many).map((value, line) => ({ line, value }))
    const documents = [...strangers, { line: many, value: list }, { line: many + 1, value: list }]
    expect(detectFormat({ kind: 'yaml', name: 'f.yaml', documents })?.id).toBe('kubernetes-manifests')
  })

  test('sees what a long recorded answer holds', () => {
    const body = JSON.stringify({
      value: Array.from({ length: 5_000 }, (_, no) => ({ ...assignment, id: `${assignment.id}${no}` })),
    })
    const interactions = [
      {
        request: { uri: 'https://management.azure.com/' },
        response: { status: { code: 200 }, headers: {}, body: { string: body } },
      },
    ]
    expect(detectFormat(json({ interactions }))?.id).toBe('azure-role-assignments')
  })

  test('sees a result of SARIF that only its rule tells, far off in another list', () => {
    const rules = Array.from({ length: 5_000 }, (_, no) => ({
      id: `R${no}`,
      properties: { tags: no === 3_333 ? ['hardcoded-credentials'] : ['style'] },
    }))
    const results = Array.from({ length: 5_000 }, (_, no) => ({ ruleId: `R${no}`, message: { text: 'm' } }))
    const value = { version: '2.1.0', runs: [{ tool: { driver: { name: 'Tool', rules } }, results }] }
    expect(detectFormat(json(value))?.id).toBe('scanner-sarif')
    const others = rules.toSpliced(3_333, 1)
    const untold = {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'Tool', rules: others } }, results }],
    }
    expect(detectFormat(json(untold))).toBeUndefined()
  })
})
