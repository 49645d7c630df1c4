import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { MapContext, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { isWorkflow, mapWorkflowFile } from './workflow-file'

const context: MapContext = { fingerprint: (secret) => `fp(${secret.length})` }
const yaml = (text: string, name = 'deploy.yml'): ParsedFile => ({
  kind: 'yaml',
  name,
  documents: [{ line: 1, value: parse(text) as unknown }],
})
const fixture = (name: string) =>
  yaml(readFileSync(path.join(import.meta.dirname, 'fixtures/github-workflow', name), 'utf8'), name)
const map = (file: ParsedFile, instance?: string) =>
  mapWorkflowFile(file, { ...context, ...(instance === undefined ? {} : { instance }) })
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

const deploy = `
on: [push]
permissions: { contents: read }
jobs:
  aws:
    runs-on: ubuntu-latest
    environment: production
    permissions: { id-token: write, contents: write }
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: { role-to-assume: arn:aws:iam::123456789012:role/deploy, aws-region: eu-west-1 }
      - run: deploy --token \${{ secrets.DEPLOY_TOKEN }}
        env: { API_TOKEN: canary0123456789, GH: "\${{ secrets.GITHUB_TOKEN }}" }
  gcp:
    runs-on: [self-hosted, linux]
    steps:
      - uses: google-github-actions/auth@v2
        with: { service_account: ci@acme.iam.gserviceaccount.com, workload_identity_provider: projects/1/x }
      - uses: azure/login@v2
        with: { client-id: "\${{ vars.CLIENT_ID }}" }
`

test('cloud identities that a workflow takes are assumed by their global ids', () => {
  const result = map(yaml(deploy), 'acme/api')
  expect(ofType(result, 'identity')).toMatchObject([
    {
      externalId: 'workflow:acme/api/.github/workflows/deploy.yml',
      kind: 'workload',
      attributes: {
        requestsIdToken: true,
        runsOn: ['ubuntu-latest', 'self-hosted', 'linux'],
        environments: ['production'],
        triggers: ['push'],
        tokenPermissions: ['contents:write', 'id-token:write'],
      },
    },
  ])
  expect(
    ofType(result, 'entitlement').map(({ kind, to, condition, privilege }) => [
      kind,
      to.externalId,
      to.global,
      condition ?? privilege,
    ]),
  ).toEqual([
    ['owns_code', 'workflow:acme/api/.github/workflows/deploy.yml', undefined, undefined],
    ['grants', 'https://github.com/acme/api', undefined, 'write'],
    ['assumes', 'arn:aws:iam::123456789012:role/deploy', true, 'job aws, environment production'],
    ['assumes', 'ci@acme.iam.gserviceaccount.com', true, undefined],
  ])
  expect(result.unresolved.map(({ reference }) => reference)).toEqual([
    'arn:aws:iam::123456789012:role/deploy',
    'ci@acme.iam.gserviceaccount.com',
    'client-id of job gcp',
  ])
})

test('secrets are named; one in plain text is fingerprinted and dropped', () => {
  const result = map(yaml(deploy))
  expect(ofType(result, 'sighting').map(({ name, fingerprint }) => [name, fingerprint])).toEqual([
    ['DEPLOY_TOKEN', undefined],
    ['API_TOKEN', 'fp(16)'],
  ])
  expect(JSON.stringify(result)).not.toContain('canary')
  expect(result.unresolved[0]?.reference).toBe('workflow:(repository)/.github/workflows/deploy.yml')
})

test('fixtures: a reusable release with an id token, a publication with a secret', () => {
  const release = map(fixture('fast-uri-release.yml'))
  expect(ofType(release, 'identity')).toMatchObject([
    {
      name: 'Release the package',
      attributes: {
        requestsIdToken: true,
        triggers: ['workflow_dispatch'],
        calls: [expect.stringContaining('reusable-release.yml')],
      },
    },
  ])
  expect(ofType(map(fixture('json-schema-traverse-publish.yml')), 'sighting').map(({ name }) => name)).toEqual([
    'NPM_TOKEN',
  ])
})

test('other YAML is no workflow', () => {
  for (const text of [
    'on: push',
    'jobs: {}',
    'stages: [build]\nbuild: { script: [make] }',
    'version: 2.1\njobs: { a: { steps: [run: x] } }',
    'on: push\njobs: []',
  ])
    expect(isWorkflow(parse(text) as unknown)).toBe(false)
})
