import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { MapResult, ParsedFile, SightingRecord } from '../contract'
import { connectors } from './index'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const fixture = (format: string, name: string): ParsedFile =>
  readUpload(name, readFileSync(path.join(import.meta.dirname, 'fixtures', format, name)))
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'report.json', value })

function map(file: ParsedFile, id: string, fingerprint = context.fingerprint): MapResult {
  expect(connectors.filter((connector) => connector.accepts(file)).map((connector) => connector.id)).toEqual([id])
  const result = connectors.find((connector) => connector.id === id)?.map(file, { fingerprint })
  if (result === undefined || Array.isArray(result)) throw new Error('one result')
  return result
}
function hits(file: ParsedFile, id: string): SightingRecord[] {
  return map(file, id).records.flatMap((record) => (record.type === 'sighting' ? [record] : []))
}
const noFindings = (title: string) => [{ at: 'file', reason: `No findings: ${title} found no secret` }]

describe('others', () => {
  test('detect-secrets: no values, the hash is not kept, an audit is shown, a verified one is valid', () => {
    const [first, second] = hits(
      fixture('scanner-detect-secrets', 'detect_secrets--many_findings.json'),
      'scanner-detect-secrets',
    )
    expect(second?.attributes?.audit).toBe('a secret')
    expect(JSON.stringify(first)).not.toMatch(/bd564db5/)
    const baseline = { plugins_used: [], results: {}, version: '1.5.0', generated_at: '2024-01-01T00:00:00Z' }
    expect(map(json(baseline), 'scanner-detect-secrets').refused).toEqual(noFindings('detect-secrets'))
    const verified = {
      ...baseline,
      results: { a: [{ type: 'GitHub Token', hashed_secret: 'x', is_verified: true, line_number: 1 }] },
    }
    expect(hits(json(verified), 'scanner-detect-secrets')[0]).toMatchObject({
      validity: 'valid',
      credentialType: 'access_token',
    })
  })
  test('Nosey Parker: groups of a pattern in base64, matches counted but not listed', () => {
    const group = (text: string) => Buffer.from(text).toString('base64')
    const match = {
      provenance: [
        {
          kind: 'git_repo',
          repo_path: './.git',
          first_commit: {
            commit_metadata: { commit_id: 'c', committer_timestamp: '1678401216 +0100' },
            blob_path: 'a.adoc',
          },
        },
      ],
      location: { source_span: { start: { line: 25, column: 19 } } },
      groups: [group('AKIAIOSFODNN7EXAMPLE'), group('canary/canary+canary0123456789012345678A')],
      structural_id: 's1',
    }
    const result = map(
      json({ rule_name: 'AWS API Credentials', num_matches: 3, matches: [match, match] }),
      'scanner-nosey-parker',
    )
    expect(result.records).toMatchObject([
      {
        externalId: 'nosey-parker:s1#fp(40)',
        about: { externalId: 'AKIAIOSFODNN7EXAMPLE' },
        place: 'a.adoc:25',
        firstSeenAt: '2023-03-09T22:33:36.000Z',
      },
    ])
    expect(result.refused).toEqual([
      { at: '$.matches', reason: '1 more matches of this finding are counted but not in the file (--max-matches)' },
    ])
    const user = { ...match, groups: [group('ann'), group('canary-value-0001')] }
    expect(
      hits(json([{ rule_name: 'Generic Username and Password', matches: [user] }]), 'scanner-nosey-parker'),
    ).toMatchObject([{ fingerprint: 'fp(17)', credentialType: 'password' }])
  })
  test('Kingfisher', () => {
    const value = {
      rule: { name: 'GitHub Token', id: 'kingfisher.github.1' },
      finding: {
        snippet: 'ghp_canaryvalue0001',
        fingerprint: '123',
        path: 'a.ts',
        line: 4,
        validation: { status: 'Active Credential' },
      },
    }
    expect(hits(json({ findings: [value] }), 'scanner-nosey-parker')).toMatchObject([
      { place: 'a.ts:4', validity: 'valid', fingerprint: 'fp(19)' },
    ])
  })
  test('ggshield: parts of a finding, layers, validity, nothing found', () => {
    const occurrence = (type: string, match: string) => ({ match, type, line_start: 2, line_end: 2, index_start: 1 })
    const incident = {
      type: 'AWS Keys',
      validity: 'valid',
      ignore_sha: 'x',
      occurrences: [occurrence('client_id', 'AKIAIOSFODNN7EXAMPLE'), occurrence('client_secret', 'canary-value-0001')],
    }
    const scan = {
      type: 'docker',
      total_incidents: 1,
      scans: [
        {
          id: 'layer1',
          type: 'layer',
          entities_with_incidents: [{ filename: '/a', incidents: [incident, { type: 'x' }] }],
          total_incidents: 1,
        },
      ],
    }
    const result = map(json(scan), 'scanner-ggshield')
    expect(result.records).toMatchObject([
      {
        place: '/a:2 (layer layer1)',
        validity: 'valid',
        fingerprint: 'fp(17)',
        about: { externalId: 'AKIAIOSFODNN7EXAMPLE' },
        attributes: { part: 'client_secret' },
      },
    ])
    expect(result.refused).toHaveLength(1)
    expect(
      map(json({ id: 'x', type: 'path_scan', total_incidents: 0, total_occurrences: 0 }), 'scanner-ggshield').refused,
    ).toEqual(noFindings('GitGuardian ggshield'))
  })
  test('Talisman: the value out of the sentence, the size of a file is no secret', () => {
    const failure = (type: string, message: string) => ({ type, message, commits: [], severity: 'low' })
    const result = map(
      json({
        summary: { types: { filecontent: 1 } },
        results: [
          {
            filename: 'a',
            failure_list: [
              failure('filecontent', 'Potential secret pattern : token="canary-value-0001"'),
              failure('filesize', 'too large'),
              failure('filename', 'x.pem failed'),
            ],
            warning_list: [failure('filecontent', 'Potential secret pattern : some long text = with canary')],
            ignore_list: [],
          },
        ],
      }),
      'scanner-talisman',
    )
    expect(result.records).toMatchObject([
      { fingerprint: 'fp(17)' },
      { name: 'name of a file that often holds secrets' },
      { attributes: { standing: 'a warning' } },
    ])
    expect(result.refused).toEqual([
      { at: '$.results[0].failure_list[1]', reason: 'is about the size of a file, not about a secret' },
    ])
    expect(JSON.stringify(result)).not.toMatch(/canary/)
    expect(map(json({ summary: { types: { filecontent: 0 } }, results: [] }), 'scanner-talisman').refused).toEqual(
      noFindings('Talisman'),
    )
  })
  test('Rusty Hog: every hog says where it looked; addresses and client ids are no secrets', () => {
    const found = (more: object) =>
      hits(
        json([{ stringsFound: ['password: canary-value-0001'], reason: 'password', ...more }]),
        'scanner-rusty-hog',
      )[0]
    expect(found({ path: '/a', linenum: 7 })).toMatchObject({
      place: '/a:7',
      fingerprint: 'fp(17)',
      credentialType: 'password',
    })
    expect(found({ bucket: 'b', key: 'k' })?.place).toBe('k (bucket b)')
    expect(found({ issue_id: 'T-1', location: 'Issue Description' })?.place).toBe('(issue T-1, in Issue Description)')
    expect(found({ page_id: '1', url: 'https://c/x?pageId=1' })).toMatchObject({
      place: '(page 1)',
      attributes: { link: 'https://c/x' },
    })
    expect(found({ g_drive_id: 'd', web_link: 'https://d' })?.place).toBe('(document d)')
    expect(found({ channel_name: 'ops', ts: '1503435956.000247' })?.place).toBe(
      '(channel ops, message 1503435956.000247)',
    )
    const [mail, client] = hits(
      fixture('scanner-rusty-hog', 'rusty_hog--choctawhog_many_vulns.json'),
      'scanner-rusty-hog',
    )
    expect(mail).toMatchObject({
      attributes: { note: 'an e-mail address, no credential', change: 'the line was removed' },
    })
    expect(mail?.fingerprint).toBeUndefined()
    expect(client?.about).toEqual({
      type: 'identity',
      externalId: '921763464581-es3re9ajbevrbvn1e9ov2um1vc7o6pj3.apps.googleusercontent.com',
      global: true,
    })
  })
  test('GitHub alerts: id, place, validity; pages of pages; a hidden secret', () => {
    const alert = (number: number, more: object = {}) => ({
      number,
      secret_type: 'github_personal_access_token',
      state: 'open',
      url: `https://api.github.com/repos/o/r/secret-scanning/alerts/${number}`,
      created_at: '2024-01-02T03:04:05Z',
      ...more,
    })
    const found = hits(
      json([
        [alert(1, { secret: 'ghp_canaryvalue0001', validity: 'active' })],
        [alert(2, { validity: 'inactive' }), alert(3)],
      ]),
      'scanner-github',
    )
    expect(found).toMatchObject([
      {
        externalId: 'github-secret-scanning:o/r/1#fp(19)',
        place: '(o/r, alert 1)',
        validity: 'valid',
        credentialType: 'access_token',
      },
      { externalId: 'github-secret-scanning:o/r/2', validity: 'invalid' },
      { externalId: 'github-secret-scanning:o/r/3' },
    ])
    expect(found[2]?.validity).toBeUndefined()
    expect(found[2]?.fingerprint).toBeUndefined()
  })
  test('GitLab: an empty date and commit are unknown; nothing found; other scans are not taken', () => {
    const [key, aws] = hits(
      fixture('scanner-gitlab', 'gitlab_secret_detection_report--gitlab_secret_detection_report_3_vuln_v15.json'),
      'scanner-gitlab',
    )
    expect(key).toMatchObject({
      externalId: 'gitlab-secret-detection:918e2cdfda408c352ee1f9b1fd148926578a8cfec32a82cd0cd21d4aded6e85e',
      credentialType: 'ssh_key',
    })
    expect([key?.firstSeenAt, key?.attributes?.commit, key?.fingerprint]).toEqual([undefined, undefined, undefined])
    expect(aws?.about?.externalId).toBe('AKIAIOSFODNN7EXAMPLE')
    expect(
      map(json({ version: '15.0.0', vulnerabilities: [], scan: { type: 'secret_detection' } }), 'scanner-gitlab')
        .refused,
    ).toEqual(noFindings('GitLab secret detection'))
    for (const connector of connectors)
      expect(connector.accepts(json({ version: '15', vulnerabilities: [], scan: { type: 'sast' } }))).toBe(false)
  })
  test('SARIF: gitleaks 8 puts the value into the snippet; other results of other tools are counted', () => {
    const run = (name: string, rules: unknown[], results: unknown[]) => ({
      version: '2.1.0',
      runs: [{ tool: { driver: { name, rules } }, results }],
    })
    const result = (ruleId: string, text: string, more: object = {}) => ({
      ruleId,
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'a.py' }, region: { startLine: 2, snippet: { text } } } },
      ],
      ...more,
    })
    expect(
      hits(
        json(
          run(
            'gitleaks',
            [],
            [result('x', 'canary (value)', { partialFingerprints: { commitSha: 'c', date: '2024-01-01T00:00:00Z' } })],
          ),
        ),
        'scanner-sarif',
      ),
    ).toMatchObject([{ fingerprint: 'fp(14)', attributes: { commit: 'c' }, firstSeenAt: '2024-01-01T00:00:00.000Z' }])
    const mixed = map(
      json(
        run(
          'Trivy',
          [{ id: 'aws-secret', properties: { tags: ['secret', 'security'] } }],
          [result('aws-secret', 'line = call(canary)'), result('CVE-1', 'x'), result('CVE-2', 'x')],
        ),
      ),
      'scanner-sarif',
    )
    expect(mixed.records).toHaveLength(1)
    expect(mixed.refused).toEqual([
      { at: '$.runs[0].results', reason: 'results of Trivy that are not about secrets', count: 2 },
    ])
    expect(JSON.stringify(mixed)).not.toMatch(/canary/)
    expect(map(json(run('gitleaks', [], [])), 'scanner-sarif').refused).toEqual(noFindings('SARIF'))
    for (const connector of connectors)
      expect(connector.accepts(json(run('ESLint', [], [result('no-var', 'x')])))).toBe(false)
  })
  test('Deepfence: a worksheet brings empty columns and rows; a rule about names has no value', () => {
    const row = {
      Filename: 'a',
      Content: '"\\n curl http://user:canary@x.example/"',
      Name: 'Username and password in URI',
      Rule: '110',
      Severity: 'high',
      'Node Name': 'n',
      Signature: 'x',
      'column 8': '',
    }
    const file: ParsedFile = {
      kind: 'csv',
      name: 'r.xlsx',
      header: Object.keys(row),
      malformed: [],
      rows: [
        { line: 2, cells: row },
        { line: 3, cells: Object.fromEntries(Object.keys(row).map((key) => [key, ''])) },
      ],
    }
    const result = map(file, 'scanner-deepfence')
    expect(result.records).toMatchObject([{ place: 'a on n', credentialType: 'password', fingerprint: 'fp(29)' }])
    expect(JSON.stringify(result)).not.toMatch(/canary/)
  })
})
