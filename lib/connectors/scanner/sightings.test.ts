import { createHash } from 'node:crypto'
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

test.each([
  ['scanner-gitleaks', 'gitleaks--data_many.json', 2, 2],
  ['scanner-gitleaks', 'gitleaks--gitleaks8_many.json', 4, 3],
  ['scanner-gitleaks', 'gitleaks--redacted_data_many.json', 6, 0],
  ['scanner-gitleaks', 'gitleaks--version_7.5.0.json', 8, 6],
  ['scanner-trufflehog', 'trufflehog--v3_git.json', 3, 2],
  ['scanner-trufflehog', 'trufflehog--v3_github.json', 3, 2],
  ['scanner-detect-secrets', 'detect_secrets--many_findings.json', 4, 0],
  ['scanner-nosey-parker', 'noseyparker--noseyparker_many_vul.jsonl', 4, 4],
  ['scanner-ggshield', 'ggshield--many_findings.json', 2, 0],
  ['scanner-talisman', 'talisman--many_findings.json', 5, 4],
  ['scanner-whispers', 'whispers--whispers_many_vul.json', 5, 5],
  ['scanner-rusty-hog', 'rusty_hog--choctawhog_many_vulns.json', 13, 8],
  ['scanner-github', 'github_secrets_detection_report--github_secrets_detection_report_one_vul.json', 1, 0],
  ['scanner-gitlab', 'gitlab_secret_detection_report--gitlab_secret_detection_report_3_vuln_v15.json', 3, 2],
  ['scanner-sarif', 'sarif--gitleaks_7.5.0.sarif', 8, 6],
  ['scanner-deepfence', 'deepfence_threatmapper--secret_report.csv', 7, 3],
])('%s %s: %i sightings, %i of them with a fingerprint', (id, name, sightings, fingerprints) => {
  // Apart from the others, whose fingerprint is only the length.
  const { records } = map(fixture(id, name), id, (secret) => createHash('sha256').update(secret).digest('hex'))
  const found = records.flatMap((record) => (record.type === 'sighting' ? [record] : []))
  expect(found).toHaveLength(sightings)
  expect(found.filter(({ fingerprint }) => fingerprint !== undefined)).toHaveLength(fingerprints)
  expect(found.every(({ place, name: title }) => place !== '' && title !== '')).toBe(true)
})

describe('gitleaks', () => {
  const entry = {
    RuleID: 'generic-api-key',
    Description: 'Generic API Key',
    StartLine: 3,
    EndLine: 3,
    StartColumn: 5,
    Match: 'key = "canary-value-0001"',
    Secret: 'canary-value-0001',
    File: 'a.env',
    Commit: 'abc',
    Date: '2024-02-03T04:05:06Z',
    Author: 'Ann',
    Email: 'ann@example.org',
    Message: 'canary-value-0001',
    Fingerprint: 'abc:a.env:generic-api-key:3',
  }
  test('no findings: null', () => {
    expect(map(fixture('scanner-gitleaks', 'gitleaks--no_findings.json'), 'scanner-gitleaks').refused).toEqual(
      noFindings('gitleaks'),
    )
  })
  test('version 8: where, when, the end of the value, never the value or who', () => {
    const [hit] = hits(json([entry]), 'scanner-gitleaks')
    expect(hit).toEqual({
      type: 'sighting',
      externalId: 'gitleaks:abc:a.env:generic-api-key:3#fp(17)',
      name: 'Generic API Key',
      place: 'a.env:3',
      fingerprint: 'fp(17)',
      lastFour: '0001',
      credentialType: 'api_key',
      firstSeenAt: '2024-02-03T04:05:06.000Z',
      attributes: { rule: 'generic-api-key', commit: 'abc', endLine: 3 },
    })
    expect(JSON.stringify(hit)).not.toMatch(/canary|ann@/)
  })
  test('one hit reported twice is one; two secrets in one line are two', () => {
    expect(hits(json([entry, { ...entry }]), 'scanner-gitleaks')).toMatchObject([{ attributes: { timesReported: 2 } }])
    expect(hits(json([entry, { ...entry, Secret: 'another' }]), 'scanner-gitleaks')).toHaveLength(2)
  })
  test.each(['REDACTED', '', 'AKIAIOSF...', '*****', 'MMMMMMMMMMMM'])('masked %s: no fingerprint', (Secret) => {
    const [hit] = hits(json([{ ...entry, Secret, Match: `key="${Secret}"`, Message: '' }]), 'scanner-gitleaks')
    expect(hit?.fingerprint).toBeUndefined()
    expect(hit?.attributes?.value).toBe('not in the report, or masked there')
  })
  test('the id of an AWS access key names the key', () => {
    const found = hits(fixture('scanner-gitleaks', 'gitleaks--version_7.5.0.json'), 'scanner-gitleaks')
    expect(found[0]).toMatchObject({
      about: { type: 'credential', externalId: 'AKIAIOSFODNN7EXAMPLE', global: true },
      credentialType: 'api_key',
      firstSeenAt: '2021-07-15T15:00:32.000Z',
    })
    expect(found[0]?.lastFour).toBeUndefined()
  })
  test('CSV of version 8 and of version 7, odd rows', () => {
    const csv = (text: string) => readUpload('gitleaks.csv', new TextEncoder().encode(text))
    const head =
      'RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,Author,Message,Date,Email,Fingerprint,Tags'
    const result = map(
      csv(`${head}\nr,abc,a.env,,canary-value-0001,m,3,3,5,9,Ann,m,2024-02-03T04:05:06Z,a@b.c,fp,\nshort\n`),
      'scanner-gitleaks',
    )
    expect(result.records).toMatchObject([{ place: 'a.env:3', fingerprint: 'fp(17)' }])
    expect(result.refused).toHaveLength(1)
    expect(
      hits(
        csv(
          'repo,line,commit,offender,rule,tags,file,date\n.,x,abc,"TOKEN=""canary-value-0001""",Github,key,a.sh,2020-04-04T15:52:59-07:00\n',
        ),
        'scanner-gitleaks',
      ),
    ).toMatchObject([{ fingerprint: 'fp(17)', place: 'a.sh' }])
  })
  test('what is no finding is refused', () => {
    expect(map(json([entry, 7, {}]), 'scanner-gitleaks').refused.map(({ at }) => at)).toEqual(['$[1]', '$[2]'])
  })
})

describe('TruffleHog', () => {
  const go = (data: unknown, more: object = {}) => ({
    SourceMetadata: { Data: data },
    SourceName: 'trufflehog - x',
    DetectorType: 8,
    DetectorName: 'Github',
    Verified: false,
    Raw: 'ghp_canaryvalue0001',
    ...more,
  })
  test('version 3: base64 and plain values give the same fingerprint, verified is valid', () => {
    const [a, b, c] = hits(
      json([
        go({ Git: { file: 'a', line: 1 } }),
        go(
          { Git: { file: 'b', line: 1 } },
          { Raw: Buffer.from('ghp_canaryvalue0001!').toString('base64'), Verified: true },
        ),
        go({ Git: { file: 'c' } }, { VerificationError: 'timeout' }),
      ]),
      'scanner-trufflehog',
    )
    expect([a?.fingerprint, b?.fingerprint]).toEqual(['fp(19)', 'fp(20)'])
    expect([a?.validity, b?.validity, c?.validity]).toEqual(['unknown', 'valid', 'unknown'])
    expect(c?.attributes?.verificationFailed).toBe(true)
  })
  test('AWS: the second part is the secret, the first names the key', () => {
    const secret = 'canary/canary+canary0123456789012345678A'
    for (const joint of ['', ':']) {
      const [hit] = hits(
        json(
          go(
            { Filesystem: { file: 'x', line: 2 } },
            {
              DetectorName: 'AWS',
              Raw: 'AKIAIOSFODNN7EXAMPLE',
              RawV2: `AKIAIOSFODNN7EXAMPLE${joint}${secret}`,
              ExtraData: { account: '1', arn: 'arn:x' },
            },
          ),
        ),
        'scanner-trufflehog',
      )
      expect(hit).toMatchObject({
        about: { externalId: 'AKIAIOSFODNN7EXAMPLE' },
        fingerprint: 'fp(40)',
        attributes: { account: '1', arn: 'arn:x' },
      })
      expect(JSON.stringify(hit)).not.toMatch(/canary/)
    }
  })
  test.each<[unknown, string]>([
    [{ Github: { repository: 'https://github.com/a/b.git', file: 'x', line: 3, commit: 'c' } }, 'x:3'],
    [{ Filesystem: { file: '/etc/x', line: 3 } }, '/etc/x:3'],
    [
      { Docker: { image: 'web', tag: 'v1', layer: 'sha256:1', file: '/app/.env' } },
      '/app/.env (image web:v1, layer sha256:1)',
    ],
    [{ S3: { bucket: 'b', file: 'k', link: 'https://s3/x?sig=1' } }, 'k (bucket b)'],
    [{ Slack: { channel_name: 'ops', channel_id: 'C1', timestamp: '1503435956.000247' } }, '(channel ops)'],
    [{ Jira: { issue: 'OPS-1', link: 'https://jira/OPS-1' } }, '(issue OPS-1)'],
    [{ Stdin: {} }, 'Stdin'],
  ])('places of source %j', (data, place) => {
    expect(hits(json([go(data)]), 'scanner-trufflehog')[0]?.place).toBe(place)
  })
  test('the log between the findings is passed over, what else is there is refused', () => {
    const result = map(json([{ level: 'info-0', msg: 'running' }, go({ Git: { file: 'a' } }), 7]), 'scanner-trufflehog')
    expect(result.records).toHaveLength(1)
    expect(result.refused).toEqual([{ at: '$[2]', reason: 'is no TruffleHog finding' }])
  })
  test('version 2: one hit for each string; code around the value goes', () => {
    const found = hits(
      json({
        branch: 'origin/dev',
        commitHash: 'c',
        date: '2021-01-30 19:50:09',
        diff: 'canary',
        path: 'test_all.py',
        printDiff: 'canary',
        reason: 'Generic Secret',
        stringsFound: ["secret = 'canary0001canary0001'", '-----BEGIN RSA PRIVATE KEY-----'],
      }),
      'scanner-trufflehog',
    )
    expect(found.map(({ fingerprint }) => fingerprint)).toEqual(['fp(20)', undefined])
    expect(found[0]?.firstSeenAt).toBe('2021-01-30T19:50:09.000Z')
    expect(JSON.stringify(found)).not.toMatch(/canary/)
  })
  test('truffleHog3', () => {
    const value = {
      rule: { id: 'high-entropy', message: 'High Entropy', severity: 'LOW' },
      path: 'env.txt',
      line: '10',
      secret: 'canary-value-0001',
      context: { '10': 'canary-value-0001' },
      commit: null,
      date: null,
    }
    expect(hits(json([value]), 'scanner-trufflehog')).toMatchObject([
      { place: 'env.txt:10', fingerprint: 'fp(17)', name: 'High Entropy' },
    ])
  })
})

test('other files are not taken for a report', () => {
  const values = [
    [],
    {},
    [{}],
    { results: [] },
    { results: {} },
    { findings: [] },
    { alerts: [] },
    { runs: [] },
    { vulnerabilities: [] },
    [{ key: 'a', value: 'b' }],
    [{ rule: 'x', file: 'y' }],
  ]
  for (const value of values)
    for (const connector of connectors) expect(connector.accepts(json(value)), connector.id).toBe(false)
})
