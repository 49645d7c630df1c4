import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CredentialRecord, MapResult, ParsedFile } from '../contract'
import { credentialReport } from './credential-report'
import { only } from './fixtures/build-export'

const context = { fingerprint: () => 'fp' }
const folder = path.join(import.meta.dirname, 'fixtures/credential-report')

function json(value: unknown): ParsedFile {
  return { kind: 'json', name: 'report.json', value }
}

function mapped(file: ParsedFile): MapResult {
  expect(credentialReport.accepts(file)).toBe(true)
  return only(credentialReport.map(file, context))
}

function fixture(name: string): MapResult {
  return mapped(json(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))))
}

function count(result: MapResult, type: string): number {
  return result.records.filter((record) => record.type === type).length
}

function credential(result: MapResult, id: string): CredentialRecord | undefined {
  return result.records.find(
    (record): record is CredentialRecord => record.type === 'credential' && record.externalId.endsWith(id),
  )
}

const columns =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'
const blank: Record<string, string> = Object.fromEntries(
  columns.split(',').map((name) => [name, name.endsWith('_active') || name === 'password_enabled' ? 'false' : 'N/A']),
)

function row(user: string, cells: Record<string, string> = {}): Record<string, string> {
  return {
    ...blank,
    user,
    arn: `arn:aws:iam::123456789012:user/${user}`,
    user_creation_time: '2020-01-01T00:00:00+00:00',
    ...cells,
  }
}

function csv(...rows: Record<string, string>[]): ParsedFile {
  return {
    kind: 'csv',
    name: 'report.csv',
    header: columns.split(','),
    rows: rows.map((cells, index) => ({ line: index + 2, cells })),
    malformed: [],
  }
}

function text(...rows: Record<string, string>[]): string {
  return [
    columns,
    ...rows.map((cells) =>
      columns
        .split(',')
        .map((name) => cells[name])
        .join(','),
    ),
  ].join('\n')
}

describe('fixtures', () => {
  it('reads the account: 18 people, 2 service accounts, 32 credentials, one row twice', () => {
    const result = fixture('c7n-account_credential_report.json')
    expect([result.instance, count(result, 'human'), count(result, 'identity'), count(result, 'credential')]).toEqual([
      '644160558196',
      18,
      2,
      32,
    ])
    expect(result.refused).toEqual([
      {
        at: '$.data.Content line 10',
        reason: 'The report has arn:aws:iam::644160558196:user/christopher twice; the first is kept',
      },
    ])
    expect(result.records[0]).toMatchObject({
      type: 'human',
      name: 'account root user',
      reason: 'is the root user of the account',
    })
    expect(credential(result, 'user/kit#access_key_2')).toMatchObject({
      status: 'active',
      createdAt: '2016-09-30T12:43:53.000Z',
      lastUsedAt: '2016-11-23T22:21:00.000Z',
      expiresAt: null,
      subject: { type: 'human', externalId: 'arn:aws:iam::644160558196:user/kit' },
      attributes: { lastUsedRegion: 'us-west-2', lastUsedService: 'ec2' },
    })
    expect(credential(result, 'user/calvin#access_key_1')?.attributes).toEqual({ lastUsedService: 's3' })
    expect(credential(result, 'user/jeff#password')).toMatchObject({
      lastUsedAt: null,
      expiresAt: '2016-10-25T14:41:16.000Z',
      attributes: { mfaActive: false },
    })
    expect(result.records.filter((record) => record.type === 'identity')).toMatchObject([
      { name: 'c7n-iam-test', kind: 'service_account', lastUsedAt: null, attributes: { activeCredentials: 1 } },
      { name: 'c7n-test', environment: undefined, attributes: { activeCredentials: 0 } },
    ])
  })

  it('tells an inactive key from one that was never made, and keeps a date in 2099', () => {
    const result = fixture('c7n-iam_user_credential_multi_delete_noop.json')
    expect([
      count(result, 'human'),
      count(result, 'identity'),
      count(result, 'credential'),
      result.refused.length,
    ]).toEqual([1, 1, 2, 0])
    expect(credential(result, 'user/test1#access_key_1')).toMatchObject({
      status: 'disabled',
      createdAt: '2020-02-03T09:50:07.000Z',
      lastUsedAt: null,
    })
    expect(credential(result, 'user/test1#access_key_2')).toMatchObject({
      status: 'active',
      createdAt: '2099-02-03T09:50:21.000Z',
      attributes: { datedAfterTheReport: true },
    })
  })

  it('reads a person with a password and two keys', () => {
    const result = fixture('c7n-iam_user_credential_multi_delete.json')
    expect([
      count(result, 'human'),
      count(result, 'identity'),
      count(result, 'credential'),
      result.refused.length,
    ]).toEqual([1, 0, 3, 0])
  })

  it.each([
    ['c7n-error-404-report-in-progress.json', /Wait a few seconds/],
    ['c7n-error-410-report-expired.json', /generate-credential-report/],
  ])('refuses %s and says what to do', (name, reason) => {
    const result = fixture(name)
    expect(result.records).toEqual([])
    expect(result.refused).toEqual([{ at: '$.data.Error', reason: expect.stringMatching(reason) }])
  })
})

describe('wrappings', () => {
  const rows = [row('a', { access_key_1_active: 'true', access_key_1_last_rotated: '2021-05-05T05:05:05Z' }), row('b')]
  const expected = mapped(csv(...rows)).records
  const encoded = Buffer.from(text(...rows)).toString('base64')

  it('reads plain CSV, the API answer as text and as base64, and base64 alone', () => {
    expect(expected).toHaveLength(3)
    expect(mapped(json({ Content: text(...rows), ReportFormat: 'text/csv' })).records).toEqual(expected)
    expect(
      mapped(json({ Content: encoded, ReportFormat: 'text/csv', GeneratedTime: '2022-01-01T00:00:00+00:00' })).records,
    ).toEqual(expected)
    expect(mapped(json({ status_code: 200, data: { Content: encoded } })).records).toEqual(expected)
    expect(mapped(json(encoded)).records).toEqual(expected)
    expect(mapped({ kind: 'text', name: 'x', text: encoded }).records).toEqual(expected)
    const answer = { Content: encoded, ReportFormat: 'text/csv' }
    expect(mapped({ kind: 'yaml', name: 'x', documents: [{ line: 1, value: answer }] }).records).toEqual(expected)
    const lines = encoded.match(/.{1,76}/g) ?? []
    const [first = '', ...rest] = lines
    const wrapped: ParsedFile = {
      kind: 'csv',
      name: 'x',
      header: [first],
      rows: rest.map((line, index) => ({ line: index + 2, cells: { [first]: line } })),
      malformed: [],
    }
    expect(mapped(wrapped).records).toEqual(expected)
  })

  it('reads CRLF, a byte-order mark, another order of columns, fewer and more columns', () => {
    const crlf = `\uFEFF${text(...rows).replaceAll('\n', '\r\n')}\r\n`
    expect(mapped(json({ Content: crlf, ReportFormat: 'text/csv' })).records).toEqual(expected)
    const few =
      'arn,access_key_1_last_rotated,access_key_1_active,user,new_column\narn:aws:iam::123456789012:user/a,2021-05-05T05:05:05Z,TRUE,a,x\n'
    const result = mapped(json({ Content: few, ReportFormat: 'text/csv' }))
    expect(credential(result, '#access_key_1')).toMatchObject({ status: 'active' })
    expect(result.records[0]).toMatchObject({ type: 'identity', name: 'a' })
  })

  it('refuses rows that are cut and content that is no report', () => {
    const cut = `${text(...rows)}\nc,arn:aws:iam::123456789012:user/c,2020`
    expect(mapped(json({ Content: cut, ReportFormat: 'text/csv' })).refused).toMatchObject([{ at: '$.Content line 4' }])
    expect(mapped(json({ Content: 'a,b\n1,2', ReportFormat: 'text/csv' })).refused).toHaveLength(1)
    expect(mapped(json({ Content: '', ReportFormat: 'text/csv' })).refused).toHaveLength(1)
    expect(mapped(json({ Content: `${columns}\n"a,b`, ReportFormat: 'text/csv' })).refused).toHaveLength(1)
    expect(mapped(json({ State: 'COMPLETE', Description: 'No report exists' })).refused).toMatchObject([
      { at: '$', reason: /get-credential-report/ },
    ])
  })

  it('passes on what the reader of the CSV refused', () => {
    const file = csv(row('a'))
    expect(mapped({ ...file, malformed: [{ at: 'line 9', reason: 'cut' }] } as ParsedFile).refused).toEqual([
      { at: 'line 9', reason: 'cut' },
    ])
  })

  it('accepts nothing else', () => {
    for (const other of [
      null,
      1,
      'hello',
      [],
      {},
      { Content: 'hello' },
      { Error: { Code: 'AccessDenied' } },
      { State: 'OPEN' },
    ]) {
      expect(credentialReport.accepts(json(other))).toBe(false)
    }
    expect(
      credentialReport.accepts({ kind: 'csv', name: 'x', header: ['user', 'email'], rows: [], malformed: [] }),
    ).toBe(false)
    expect(credentialReport.accepts({ kind: 'yaml', name: 'x', documents: [] })).toBe(false)
  })
})

describe('cells', () => {
  it('reads upper-case booleans', () => {
    const result = mapped(
      csv(
        row('a', {
          password_enabled: 'TRUE',
          access_key_1_active: 'FALSE',
          access_key_1_last_rotated: '2021-01-01T00:00:00Z',
        }),
      ),
    )
    expect(result.records).toMatchObject([
      { type: 'human', reason: 'has a console password' },
      { credentialType: 'password' },
      { status: 'disabled' },
    ])
  })

  it('takes silence for "never" only where AWS was listening', () => {
    const used = (rotated: string, date: string) =>
      credential(
        mapped(
          csv(
            row('a', {
              access_key_1_active: 'true',
              access_key_1_last_rotated: rotated,
              access_key_1_last_used_date: date,
            }),
          ),
        ),
        '#access_key_1',
      )?.lastUsedAt
    expect(used('2020-01-01T00:00:00Z', 'N/A')).toBeNull()
    expect(used('2014-01-01T00:00:00Z', 'N/A')).toBeUndefined()
    expect(used('2020-01-01T00:00:00Z', 'no_information')).toBeNull()
    expect(used('2020-01-01T00:00:00Z', 'not_supported')).toBeUndefined()
    expect(used('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z')).toBe('2020-02-01T00:00:00.000Z')
  })

  it('reads certificates, odd states and passwords without expiry', () => {
    const result = mapped(
      csv(
        row('a', {
          password_enabled: 'true',
          cert_1_active: 'true',
          cert_1_last_rotated: '2019-01-01T00:00:00Z',
          cert_2_active: 'maybe',
          cert_2_last_rotated: '2019-01-01T00:00:00Z',
        }),
      ),
    )
    expect(credential(result, '#cert_1')).toMatchObject({ credentialType: 'certificate', status: 'active' })
    expect(credential(result, '#cert_2')?.status).toBe('unknown')
    expect(credential(result, '#password')?.expiresAt).toBeNull()
  })

  it('keeps the keys of the root user, and no password that it is not told of', () => {
    const root = row('<root_account>', {
      arn: 'arn:aws:iam::123456789012:root',
      password_enabled: 'not_supported',
      access_key_1_active: 'true',
      access_key_1_last_rotated: '2012-01-01T00:00:00Z',
    })
    expect(mapped(csv(root)).records).toMatchObject([
      { type: 'human', name: 'account root user' },
      { type: 'credential', externalId: 'arn:aws:iam::123456789012:root#access_key_1', subject: { type: 'human' } },
    ])
  })

  it('refuses rows without an ARN and a second row of one user', () => {
    expect(mapped(csv(row('a'), row('b', { arn: '' }), row('a'))).refused.map(({ at }) => at)).toEqual([
      'line 3',
      'line 4',
    ])
  })

  it('suggests the owner that the name carries', () => {
    expect(mapped(csv(row('ci-ops@example.org'))).records).toMatchObject([
      { ownerHints: [{ value: 'ci-ops@example.org', from: 'name' }] },
    ])
  })
})
