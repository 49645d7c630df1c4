import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listIdentityCredentials } from '@/lib/identities/server/list-identity-credentials'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { applyNow } from './apply-import'
import { createColumnMapping } from './create-column-mapping'
import { deleteColumnMapping } from './delete-column-mapping'
import { listColumnMappings } from './list-column-mappings'
import { previewImport } from './preview-import'

let org: TestOrganization
beforeAll(async () => {
  org = await testOrganization()
})
afterAll(closePool)

const file = (name: string, text: string, instance?: string) => ({ name, bytes: strToU8(text), instance })
const account = (name: string, more = '') =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: shop${more} }\n`

async function apply(files: Parameters<typeof previewImport>[1]) {
  const preview = await previewImport(org.as.admin, files)
  await applyNow(org.as.admin, { id: preview.id, acceptVanished: true })
  return preview
}

describe('an archive', () => {
  const zip = (members: Record<string, string>) => ({
    name: 'manifests.zip',
    bytes: zipSync(Object.fromEntries(Object.entries(members).map(([name, text]) => [name, strToU8(text)]))),
    instance: 'zipped',
  })

  it('is as many parts as it has files, each with what is wrong with it', async () => {
    const run = await previewImport(org.as.admin, [
      zip({ 'a.yaml': account('one'), 'b/c.yaml': account('two'), 'no.txt': 'hi' }),
    ])
    expect(run.fileNames).toEqual(['manifests.zip'])
    expect(run.files.map(({ name, upload, error }) => [name, upload, error === null])).toEqual([
      ['manifests.zip/a.yaml', 'manifests.zip', true],
      ['manifests.zip/b/c.yaml', 'manifests.zip', true],
      ['manifests.zip/no.txt', 'manifests.zip', false],
    ])
    expect(run.counts.identities).toBe(2)
  })

  it('again with a member changed marks gone what only that member held', async () => {
    await apply([zip({ 'a.yaml': account('one'), 'b.yaml': `${account('two')}---\n${account('three')}` })])
    const run = await previewImport(org.as.admin, [zip({ 'b.yaml': account('two') })])
    expect(run.changes.identity).toMatchObject({ gone: 1, samples: { gone: ['three'] } })
  })
})

describe('column mappings', () => {
  const csv = (name: string, header = 'Konto;Wer') => file(name, `${header}\nrobot;Ada\n`, name)

  it('are used for the next file with the header, and forgotten when they are deleted', async () => {
    const [first] = (await previewImport(org.as.admin, [csv('1.csv')])).files
    expect(first).toMatchObject({ mappings: [], header: ['Konto', 'Wer'], error: expect.stringContaining('nothing') })
    const kept = await createColumnMapping(org.as.admin, {
      name: 'German list',
      header: ['Konto', 'Wer'],
      columns: { name: 'Konto', owner: 'Wer' },
    })
    const [second] = (await previewImport(org.as.admin, [csv('2.csv', 'konto;WER')])).files
    expect(second).toMatchObject({ error: null, columns: { name: 'konto', owner: 'WER' }, mappings: [{ id: kept.id }] })
    const other = await testOrganization()
    expect((await listColumnMappings(other.as.admin)).items).toEqual([])
    await deleteColumnMapping(org.as.admin, { id: kept.id })
    expect((await listColumnMappings(org.as.admin)).items).toEqual([])
    await expect(deleteColumnMapping(org.as.admin, { id: kept.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are not for whoever may only read', async () => {
    const input = { name: 'x', header: ['a'], columns: { name: 'a' } }
    await expect(createColumnMapping(org.as.auditor, input)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(createColumnMapping(org.as.admin, { ...input, columns: { name: 'b' } })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })
})

describe('sightings', () => {
  const secret = `bwk-test-${'q7'.repeat(16)}`
  const list = (name: string) => ({
    ...file(`${name}.csv`, `name,key\n${name},${secret}\n`, name),
    columns: { name: 'name', secret: 'key' },
  })
  const leak = () =>
    file(
      'gitleaks.json',
      JSON.stringify([
        {
          Description: 'Generic API Key',
          StartLine: 3,
          EndLine: 3,
          StartColumn: 1,
          EndColumn: 40,
          Match: `key = ${secret}`,
          Secret: secret,
          File: 'config/prod.env',
          SymlinkFile: '',
          Commit: 'a'.repeat(40),
          Entropy: 4,
          Author: 'Ada',
          Email: 'ada@example.org',
          Date: '2024-05-06T07:08:09Z',
          Message: 'm',
          Tags: [],
          RuleID: 'generic-api-key',
          Fingerprint: `${'a'.repeat(40)}:config/prod.env:generic-api-key:3`,
        },
      ]),
    )
  const seen = async (name: string) => {
    const row = await org.as.admin.db.identity.findFirst({ where: { name }, select: { id: true } })
    const { items } = await listIdentityCredentials(org.as.admin, { id: row?.id ?? '' })
    return items.flatMap(({ sightings }) => sightings)
  }
  const expected = {
    place: expect.stringContaining('config/prod.env:3'),
    firstSeenAt: '2024-05-06T07:08:09.000Z',
    credential: { identityName: expect.any(String) },
  }

  it('join the credential of the same secret, whichever came first', async () => {
    await apply([list('before')])
    await apply([leak()])
    expect(await seen('before')).toMatchObject([expected])
    await apply([list('after')])
    expect(await seen('after')).toMatchObject([expected])
  })
})

describe('references between systems', () => {
  const arn = 'arn:aws:iam::123456789012:role/till'
  const manifest = () =>
    file('till.yaml', account('till', `, annotations: { "eks.amazonaws.com/role-arn": "${arn}" }`), 'eks')
  const role = () =>
    file(
      'account.json',
      JSON.stringify({
        UserDetailList: [],
        GroupDetailList: [],
        RoleDetailList: [
          {
            Path: '/',
            RoleName: 'till',
            RoleId: 'AROAAAAAAAAAAAAAAAAAA',
            Arn: arn,
            CreateDate: '2024-01-01T00:00:00+00:00',
            AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
            InstanceProfileList: [],
            RolePolicyList: [],
            AttachedManagedPolicies: [],
          },
        ],
        Policies: [],
      }),
    )
  const edge = () =>
    org.as.admin.db.entitlement.findFirst({
      where: { toRef: arn, deletedAt: null },
      select: { toId: true, kind: true },
    })

  it('are unresolved and shown so until the other file is in, and then linked', async () => {
    const alone = await apply([manifest()])
    expect(alone.files[0]?.unresolved.map(({ reference }) => reference)).toContain(arn)
    expect(await edge()).toMatchObject({ toId: null })
    await apply([role()])
    const found = await org.as.admin.db.identity.findFirst({ where: { externalId: arn }, select: { id: true } })
    expect(await edge()).toMatchObject({ toId: found?.id })
  })

  it('are not listed as unresolved when both come together', async () => {
    const run = await previewImport(org.as.admin, [manifest(), role()])
    expect(run.files.flatMap(({ unresolved }) => unresolved.map(({ reference }) => reference))).not.toContain(arn)
  })
})
