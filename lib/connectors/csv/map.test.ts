import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { NormalisedRecord, ParsedFile } from '../contract'
import { readDate } from './dates'
import { guessColumns } from './guess-columns'
import { connectors } from './index'
import { mapCsv } from './map'

const context = { fingerprint: (secret: string) => `fp(${secret.length})`, instance: 'Ledger accounts' }

function csv(text: string, name = 'accounts.csv'): Extract<ParsedFile, { kind: 'csv' }> {
  const [header = [], ...lines] = parse(text, { info: false }) as string[][]
  const rows = lines.map((cells, i) => ({
    line: i + 2,
    cells: Object.fromEntries(header.map((title, n) => [title, cells[n] ?? ''])),
  }))
  return { kind: 'csv', name, header, rows, malformed: [] }
}

const ofType = <T extends NormalisedRecord['type']>(records: NormalisedRecord[], type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

describe('rows', () => {
  test('the example file', () => {
    const file = csv(readFileSync(path.join(import.meta.dirname, 'fixtures', 'identities.csv'), 'utf8'))
    const { records, refused, system, instanceName } = mapCsv(file, context)
    expect([refused, system, instanceName]).toEqual([[], 'Ledger accounts', 'Ledger accounts'])
    expect(
      ofType(records, 'identity').map(({ name, kind, environment, createdAt, lastUsedAt }) => [
        name,
        kind,
        environment,
        createdAt,
        lastUsedAt,
      ]),
    ).toEqual([
      ['billing-export', 'service_account', 'production', '2023-04-17T00:00:00.000Z', '2026-10-30T06:12:00.000Z'],
      ['ci-deployer', 'bot', 'production', '2022-11-02T00:00:00.000Z', '2026-11-20T00:00:00.000Z'],
      ['grafana-reader', 'service_account', 'production', '2024-03-14T00:00:00.000Z', '2026-11-21T23:59:30.000Z'],
      ['legacy-sync', 'service_account', 'staging', '2016-08-09T00:00:00.000Z', null],
      ['chat-assistant', 'ai_agent', 'development', '2026-05-05T08:00:00.000Z', '2026-11-22T00:00:00.000Z'],
    ])
    expect(ofType(records, 'credential').map(({ credentialType, expiresAt }) => [credentialType, expiresAt])).toEqual([
      ['api_key', null],
      ['access_token', '2027-01-31T00:00:00.000Z'],
      ['password', undefined],
      ['password', null],
      ['client_secret', '2027-01-01T00:00:00.000Z'],
    ])
    expect(
      ofType(records, 'entitlement').map(({ to, privilege, scopes }) => [to.externalId, privilege, scopes]),
    ).toEqual([
      ['system:ledger', 'write', []],
      ['system:artifact store', 'admin', []],
      ['system:metrics', 'read', []],
      ['system:ledger', 'admin', []],
      ['system:knowledge base', undefined, ['search']],
    ])
    expect(ofType(records, 'resource')).toHaveLength(4)
    expect(ofType(records, 'identity')[0]?.ownerHints).toEqual([
      { value: 'finance-platform@example.org', from: 'column:Owner' },
    ])
  })
  test('bad rows are refused by line, good ones are taken', () => {
    const file = csv(
      'name,type,created,id\n,bot,,1\na,alien,,2\nb,bot,03/04/2025,3\nc,bot,2025-02-30,4\nd,bot,,5\ne,bot,,5\nf,bot,never,6\ng,human,,7\n',
    )
    const { records, refused } = mapCsv({ ...file, malformed: [{ at: 'line 99', reason: 'torn' }] }, context)
    expect(refused).toEqual([
      { at: 'line 99', reason: 'torn' },
      { at: 'line 2', reason: 'has no name' },
      { at: 'line 3', reason: 'has the unknown kind "alien"' },
      { at: 'line 4', reason: '"03/04/2025" may be day or month first; use YYYY-MM-DD' },
      { at: 'line 5', reason: '"2025-02-30" is no day of the calendar' },
      { at: 'line 7', reason: 'has the same id as line 6' },
      { at: 'line 8', reason: 'cannot have been created "never"' },
    ])
    expect(ofType(records, 'identity').map(({ externalId }) => externalId)).toEqual(['5'])
    expect(ofType(records, 'human')).toMatchObject([{ name: 'g', reason: 'is called a person by its kind' }])
  })
  test('the mapping of the user counts; secrets are fingerprinted and dropped', () => {
    const file = csv('who,value,ignored\nsvc,canary-secret-0123,canary-ignored\n')
    const columns = { name: 'who', secret: 'value', owner: 'not there', nonsense: 'who' }
    const { records } = mapCsv(file, { ...context, columns })
    expect(ofType(records, 'credential')).toMatchObject([{ fingerprint: 'fp(18)', lastFour: '0123' }])
    expect(JSON.stringify(records)).not.toContain('canary')
    expect(mapCsv(file, { ...context, columns: {} }).refused).toMatchObject([
      { reason: expect.stringContaining('"who", "value"') },
    ])
  })
  test('without a chosen name the file gives it', () => {
    expect(mapCsv(csv('name\nx\n', 'C:\\exports\\accounts.csv'), { fingerprint: String }).instance).toBe('accounts')
  })
})

describe('columns', () => {
  test('are guessed by title, each used once', () => {
    expect(guessColumns(['Service Account', 'ID', 'Last-Used', 'Valid until', 'Owner e-mail', 'Env.', 'Role'])).toEqual(
      {
        name: 'Service Account',
        externalId: 'ID',
        lastUsed: 'Last-Used',
        expires: 'Valid until',
        owner: 'Owner e-mail',
        environment: 'Env.',
        privilege: 'Role',
      },
    )
    expect(guessColumns(['Filename', 'secret', 'password'])).toEqual({})
  })
  test('a CSV without anything like a name is taken, to be mapped by the user', () => {
    const file = csv('Filename,Line\na,b\n')
    expect(connectors[0]?.accepts(file)).toBe(true)
    expect(connectors[0]?.accepts({ kind: 'json', name: 'x', value: {} })).toBe(false)
    expect(mapCsv(file, context)).toMatchObject({ records: [], refused: [{ at: 'line 1' }] })
  })
})

test.each([
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-29T10:30:00Z', '2024-02-29T10:30:00.000Z'],
  ['2024-02-29 10:30:00 UTC', '2024-02-29T10:30:00.000Z'],
  ['2024-02-29T10:30:00-05:00', '2024-02-29T15:30:00.000Z'],
  ['25/04/2025', '2025-04-25T00:00:00.000Z'],
  ['04/25/2025', '2025-04-25T00:00:00.000Z'],
  ['03/03/2025', '2025-03-03T00:00:00.000Z'],
  ['Sept 9, 2025', '2025-09-09T00:00:00.000Z'],
  ['9-Sep-2025', '2025-09-09T00:00:00.000Z'],
  ['1700000000', '2023-11-14T22:13:20.000Z'],
  ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ['', undefined],
  ['N/A', undefined],
  ['Never', null],
])('the date %j is %j', (cell, instant) => {
  expect(readDate(cell)).toEqual({ instant })
})

test.each(['04/03/25', '2023-02-29', 'yesterday', '31.04.2024', '2024-13-01', '2024-01-01T25:00:00Z', '12 Foo 2024'])(
  'the date %j is refused',
  (cell) => {
    expect(readDate(cell)).toHaveProperty('reason')
  },
)

describe('lists that directories and people keep', () => {
  test('Active Directory: its names of columns, its clock, its bits', () => {
    const header = 'sAMAccountName,userAccountControl,pwdLastSet,lastLogonTimestamp,accountExpires'
    const file = csv(
      `${header}\nsvc_sql,66048,133000000000000000,133500000000000000,9223372036854775807\nsvc_old,66050,0,0,0\n`,
    )
    const { records, refused } = mapCsv(file, context)
    expect(refused).toEqual([])
    expect(ofType(records, 'identity')).toMatchObject([
      { name: 'svc_sql', status: 'active', lastUsedAt: '2024-01-17T21:20:00.000Z' },
      { name: 'svc_old', status: 'disabled', lastUsedAt: null },
    ])
    expect(ofType(records, 'credential')[0]).toMatchObject({ rotatedAt: '2022-06-18T04:26:40.000Z', expiresAt: null })
  })

  test('other words for kinds, owners and ends; dates with dots', () => {
    const header = 'Account Name,Responsible Person,Key expiry,Type of account'
    const { records, refused } = mapCsv(
      csv(`${header}\nsvc-1,jane@example.com,01.02.2025,Service\njane.doe,,,Personal\n`),
      context,
    )
    expect(refused).toEqual([])
    expect(ofType(records, 'identity')).toMatchObject([{ name: 'svc-1', ownerHints: [{ value: 'jane@example.com' }] }])
    expect(ofType(records, 'credential')).toMatchObject([{ expiresAt: '2025-02-01T00:00:00.000Z' }])
    expect(ofType(records, 'human')).toMatchObject([{ name: 'jane.doe' }])
  })

  test('titles in German', () => {
    expect(guessColumns(['Dienstkonto', 'Besitzer', 'Letzte Nutzung', 'Ablaufdatum', 'Umgebung'])).toEqual({
      name: 'Dienstkonto',
      owner: 'Besitzer',
      lastUsed: 'Letzte Nutzung',
      expires: 'Ablaufdatum',
      environment: 'Umgebung',
    })
  })
})
