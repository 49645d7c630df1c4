import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { NormalisedRecord } from '@/lib/connectors/contract'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { applyImport } from './apply-import'
import type { UploadedFile } from './map-file'
import { mergeRecords, type RecordBatch } from './merge-records'
import { previewImport } from './preview-import'
import { requestApply } from './request-apply'

let org: TestOrganization
beforeEach(async () => {
  org = await testOrganization()
})
afterAll(closePool)

const file = (name: string, value: unknown, instance?: string): UploadedFile => ({
  name,
  bytes: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
  instance,
})
const fixture = (name: string, instance?: string) =>
  file(path.basename(name), readFileSync(path.join(import.meta.dirname, '../../connectors', name), 'utf8'), instance)

async function apply(...files: UploadedFile[]) {
  const run = await previewImport(org.as.admin, files)
  expect(run.files.map(({ error }) => error)).toEqual(files.map(() => null))
  await requestApply(org.as.admin, { id: run.id, acceptVanished: true })
  await applyImport(org.as.admin, { id: run.id })
  return run
}

const ends = async (ref: string) => {
  const rows = await org.as.admin.db.$queryRaw<{ id: string | null }[]>`
    SELECT coalesce(i.external_id, h.external_id) AS id FROM entitlement e
    LEFT JOIN identity i ON i.org_id = e.org_id AND i.id IN (CASE WHEN e.from_ref = ${ref} THEN e.from_id END, CASE WHEN e.to_ref = ${ref} THEN e.to_id END)
    LEFT JOIN human h ON h.org_id = e.org_id AND h.id IN (CASE WHEN e.from_ref = ${ref} THEN e.from_id END, CASE WHEN e.to_ref = ${ref} THEN e.to_id END)
    WHERE e.deleted_at IS NULL AND ${ref} IN (e.from_ref, e.to_ref)`
  return [...new Set(rows.map(({ id }) => id))]
}

/** Both orders give the same: alone unresolved, together linked. */
async function inBothOrders(names: () => UploadedFile, defines: () => UploadedFile, ref: string, id: string) {
  await apply(names())
  expect(await ends(ref)).toEqual([null])
  await apply(defines())
  expect(await ends(ref)).toEqual([id])
  org = await testOrganization()
  await apply(defines())
  await apply(names())
  expect(await ends(ref)).toEqual([id])
}

const guid = (digit: string) =>
  `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`
const armId = `/subscriptions/${guid('1')}/resourcegroups/shop/providers/microsoft.managedidentity/userassignedidentities/till`
const managed = (clientId = guid('C')) => ({
  id: armId,
  name: 'till',
  type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  clientId,
  principalId: guid('b'),
  tenantId: guid('2'),
})
const account = (annotations: Record<string, string>, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'till', namespace: 'shop', annotations, ...more },
})
const role = (name: string, trusted: unknown, more: object = {}) => ({
  Path: '/',
  RoleName: name,
  RoleId: `AROA${name.toUpperCase().padEnd(17, 'X')}`,
  Arn: `arn:aws:iam::123456789012:role/${name}`,
  CreateDate: '2024-01-01T00:00:00+00:00',
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' }],
  },
  ...more,
})

describe('another id of a thing that a separate import defines', () => {
  it('a managed identity by its client id, from a cluster', () =>
    inBothOrders(
      () => file('till.json', account({ 'azure.workload.identity/client-id': guid('C') }), 'eu'),
      () => file('identities.json', [managed()]),
      guid('c'),
      guid('b'),
    ))

  it('a managed identity by its path in Azure Resource Manager, from a virtual machine', () =>
    inBothOrders(
      () =>
        file('vm.json', [
          {
            id: `/subscriptions/${guid('1')}/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/vm`,
            name: 'vm',
            type: 'Microsoft.Compute/virtualMachines',
            identity: { type: 'UserAssigned', userAssignedIdentities: { [armId.toUpperCase()]: {} } },
          },
        ]),
      () => file('identities.json', [managed()]),
      armId,
      guid('b'),
    ))

  it('a role by its unique id, from the trust policy of another account', () =>
    inBothOrders(
      () => file('theirs.json', { Roles: [role('theirs', `AROA${'OURS'.padEnd(17, 'X')}`)] }),
      () => file('ours.json', { Roles: [{ ...role('ours', '*'), Arn: 'arn:aws:iam::999999999999:role/ours' }] }),
      `AROA${'OURS'.padEnd(17, 'X')}`,
      'arn:aws:iam::999999999999:role/ours',
    ))

  it('a role with a path by its ARN without it, from a cluster', () =>
    inBothOrders(
      () => file('till.json', account({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/till' }), 'eu'),
      () =>
        file('roles.json', {
          Roles: [role('till', '*', { Path: '/a/b/', Arn: 'arn:aws:iam::123456789012:role/a/b/till' })],
        }),
      'arn:aws:iam::123456789012:role/till',
      'arn:aws:iam::123456789012:role/a/b/till',
    ))

  it('a service account of Google Cloud by its unique id: its key finds it', async () => {
    const keys = () =>
      file('keys.json', [
        {
          name: 'projects/shop-1/serviceAccounts/108989523111111111111/keys/0123456789abcdef0123456789abcdef01234567',
          keyType: 'USER_MANAGED',
          keyAlgorithm: 'KEY_ALG_RSA_2048',
          validAfterTime: '2026-01-01T00:00:00Z',
          validBeforeTime: '9999-12-31T23:59:59Z',
        },
      ])
    const accounts = () =>
      file('accounts.json', [
        {
          name: 'projects/shop-1/serviceAccounts/till@shop-1.iam.gserviceaccount.com',
          projectId: 'shop-1',
          uniqueId: '108989523111111111111',
          email: 'till@shop-1.iam.gserviceaccount.com',
        },
      ])
    const holders = async () => {
      const found = await org.as.admin.db.credential.findMany({
        select: { identity: { select: { externalId: true } } },
      })
      return found.map(({ identity }) => identity?.externalId ?? null)
    }
    await apply(keys())
    expect(await holders()).toEqual([null])
    await apply(accounts())
    expect(await holders()).toEqual(['till@shop-1.iam.gserviceaccount.com'])
    org = await testOrganization()
    await apply(accounts())
    await apply(keys())
    expect(await holders()).toEqual(['till@shop-1.iam.gserviceaccount.com'])
  })

  it('users of a real listing, known by unique id to another account', async () => {
    const listing = () => fixture('aws/fixtures/aws-iam-listings/c7n-test_iam_access_key_list--iam.ListUsers_1.json')
    const { Users } = JSON.parse(new TextDecoder().decode((listing() as { bytes: Uint8Array }).bytes)).data
    const [user] = Users
    await inBothOrders(
      () => file('theirs.json', { Roles: [role('theirs', user.UserId)] }),
      listing,
      user.UserId,
      user.Arn,
    )
  })
})

describe('the other ids of a thing', () => {
  const client = guid('c')
  const cluster = () => file('till.json', account({ 'azure.workload.identity/client-id': client }), 'eu')

  it('change nothing when the same file comes again', async () => {
    await apply(cluster())
    await apply(file('identities.json', [managed()]))
    const rows = () => org.as.admin.db.$queryRaw<object[]>`
      SELECT a.alias, a.node_ref, a.xmin::text, (SELECT count(*)::int FROM presence WHERE org_id = a.org_id) AS told,
        (SELECT array_agg(e.xmin::text ORDER BY e.id) FROM entitlement e WHERE e.org_id = a.org_id) AS edges
      FROM node_alias a ORDER BY 1`
    const before = await rows()
    expect(before).toMatchObject([{ alias: armId }, { alias: client }])
    const again = await apply(file('identities.json', [managed()]))
    expect(again.changes).toMatchObject({ identity: { new: 0, changed: 0, gone: 0 } })
    expect(await rows()).toEqual(before)
  })

  it('go with the thing, and when it no longer has them', async () => {
    await apply(cluster())
    await apply(file('identities.json', [managed()]))
    expect(await ends(client)).toEqual([guid('b')])
    await apply(file('identities.json', [managed(guid('d'))]))
    expect(await ends(client)).toEqual([null])
    await apply(file('identities.json', [managed()]))
    expect(await ends(client)).toEqual([guid('b')])
    await apply(file('identities.json', [{ ...managed(guid('e')), id: `${armId}-other`, principalId: guid('f') }]))
    expect(await ends(client)).toEqual([null])
  })

  it('lead to nothing when two things claim one, and say so', async () => {
    await apply(file('one.json', [managed()]))
    await apply(cluster())
    expect(await ends(client)).toEqual([guid('b')])
    const twin = { ...managed(), id: `${armId}-twin`, principalId: guid('f') }
    await apply(file('two.json', [twin]))
    expect(await ends(client)).toEqual([null])
    const run = await previewImport(org.as.admin, [cluster()])
    expect(run.files[0]?.unresolved).toMatchObject([
      { reference: client, reason: expect.stringContaining('several things go by this id') },
    ])
    await apply(file('two.json', [{ ...twin, clientId: guid('d') }]))
    expect(await ends(client)).toEqual([guid('b')])
  })
})

describe('where the very id and another one meet', () => {
  const merge = async (instance: string, ...records: NormalisedRecord[]) => {
    const permit = await org.as.admin.authorize('apply', {
      kind: 'import',
      id: 'x',
      label: 'x',
      attr: { createdBy: 'x' },
    })
    const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
    const batch: RecordBatch = {
      ...{ system: 'test', instance, instanceName: instance, connector: 'one', part: '', complete: true, records },
    }
    await org.as.admin.commitBulk(permit, change, (bulk) => mergeRecords(bulk, batch))
  }
  const identity = (externalId: string, ...aliases: string[]): NormalisedRecord => ({
    type: 'identity',
    externalId,
    aliases: aliases.map((id) => ({ id })),
    kind: 'bot',
    name: externalId,
    status: 'active',
  })
  const edge = (externalId: string): NormalisedRecord => ({
    type: 'entitlement',
    kind: 'runs_as',
    from: { type: 'identity', externalId: 'a' },
    to: { type: 'identity', externalId },
    effect: 'allow',
    scopes: [],
    scopeCount: 0,
    basis: 'declared',
  })

  it('the very id comes first, also when it arrives later and goes again', async () => {
    const instance = randomUUID()
    const ref = `other ${instance}`
    await merge(instance, identity('a'), identity('b', ref), edge(ref))
    expect(await ends(ref)).toEqual(['b'])
    await merge(instance, identity('a'), identity('b', ref), identity(ref), edge(ref))
    expect(await ends(ref)).toEqual([ref])
    await merge(instance, identity('a'), identity('b', ref), edge(ref))
    expect(await ends(ref)).toEqual(['b'])
  })

  it('an id that is not unique everywhere serves its own source only', async () => {
    const [one, two] = [randomUUID(), randomUUID()]
    const ref = `local ${one}`
    await merge(one, identity('b', ref))
    await merge(two, identity('a'), {
      ...edge(ref),
      to: { type: 'identity', externalId: ref, global: true },
    } as NormalisedRecord)
    expect(await ends(ref)).toEqual([null])
  })

  it('a person by another id', async () => {
    const instance = randomUUID()
    const person: NormalisedRecord = {
      type: 'human',
      externalId: 'p',
      aliases: [{ id: 'uid' }],
      name: 'Ann',
      reason: 'x',
    }
    await merge(instance, identity('a'), person, edge('uid'))
    expect(await ends('uid')).toEqual(['p'])
  })
})
