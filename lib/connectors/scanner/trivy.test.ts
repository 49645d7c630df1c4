import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { MapResult, ParsedFile } from '../contract'
import { connectors } from './index'

const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'trivy.json', value })
function map(file: ParsedFile): MapResult {
  expect(connectors.filter((connector) => connector.accepts(file)).map(({ id }) => id)).toEqual(['scanner-trivy'])
  const result = connectors.find(({ id }) => id === 'scanner-trivy')?.map(file, { fingerprint: (s) => `fp(${s})` })
  if (result === undefined || Array.isArray(result)) throw new Error('one result')
  return result
}

test("Trivy's own example: two hits without a value; the lines around them are not read", () => {
  const name = 'trivy-secrets.json.golden'
  const result = map(readUpload(name, readFileSync(path.join(import.meta.dirname, 'fixtures', 'scanner-trivy', name))))
  expect(result).toMatchObject({ system: 'trivy', instance: 'testdata/fixtures/repo/secrets', refused: [] })
  expect(result.records).toMatchObject([
    {
      name: 'AWS Access Key ID',
      place: 'deploy.sh:3',
      attributes: { severity: 'CRITICAL', value: 'not in the report, or masked there' },
    },
    { name: 'My Secret', place: 'deploy.sh:7', attributes: { rule: 'mysecret' } },
  ])
  expect(JSON.stringify(result)).not.toMatch(/ghp_|fp\(ghp|export/)
})

test('images, clusters, and results of other scanners', () => {
  const secret = (more = {}) => ({
    RuleID: 'private-key',
    Title: 'Asymmetric Private Key',
    StartLine: 1,
    Match: '----BEGIN****',
    ...more,
  })
  const image = map(
    json({
      SchemaVersion: 2,
      ArtifactName: 'shop/till:1',
      ArtifactType: 'container_image',
      Results: [
        { Target: '/etc/key.pem', Class: 'secret', Secrets: [secret({ Layer: { Digest: 'sha256:aa' } }), {}] },
        { Target: 'alpine', Class: 'os-pkgs', Vulnerabilities: [] },
      ],
    }),
  )
  expect(image.records).toMatchObject([{ place: '/etc/key.pem:1 in shop/till:1', attributes: { layer: 'sha256:aa' } }])
  expect(image.refused).toMatchObject([
    { reason: 'has no RuleID' },
    { reason: 'results that are not about secrets', count: 1 },
  ])
  const cluster = map(
    json({
      ClusterName: 'eu',
      Resources: [
        { Namespace: 'shop', Kind: 'Deployment', Name: 'till', Results: [{ Target: 'a', Secrets: [secret()] }] },
      ],
    }),
  )
  expect(cluster.records).toMatchObject([{ place: 'a:1 shop/Deployment/till' }])
  expect(map(json({ SchemaVersion: 2, ArtifactName: 'x', Results: [] })).refused).toMatchObject([
    { reason: 'No findings: Trivy found no secret' },
  ])
})
