import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { checkAction } from '@/lib/platform/authz/check'
import { decisionPoint } from '@/lib/platform/authz/client'
import type { Context } from '@/lib/platform/context'
import { lockCatalogue, rehearseBulk } from '@/lib/platform/db/commit'
import { closePool, takeConnection } from '@/lib/platform/db/pool'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { applyImport, applyNow, giveUpImport } from './apply-import'
import { discardImport } from './discard-import'
import { expireImports } from './expire-imports'
import { getImport } from './get-import'
import { previewImport } from './preview-import'
import { requestApply } from './request-apply'

let org: TestOrganization

const fixtures = path.resolve(import.meta.dirname, '../../connectors')
const fixture = (connector: string, name: string) => ({
  name,
  bytes: new Uint8Array(readFileSync(path.join(fixtures, connector, 'fixtures', name))),
})
const text = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) })
const account = () => fixture('aws', 'authorization-details/cloudsplaining-example.json')

/** An account export with so many users. */
const users = (count: number) =>
  text(
    'account.json',
    JSON.stringify({
      UserDetailList: Array.from({ length: count }, (_, n) => ({
        UserName: `u${n}`,
        Arn: `arn:aws:iam::111122223333:user/u${n}`,
        UserId: `AIDA${n}`,
        Path: '/',
      })),
      GroupDetailList: [],
      RoleDetailList: [],
      Policies: [],
    }),
  )

const count = () => org.as.admin.db.identity.count({ where: { orgId: org.orgId, deletedAt: null } })

beforeEach(async () => {
  org = await testOrganization()
})
afterAll(closePool)

describe('a preview', () => {
  it('counts what a real account export would bring and changes nothing', async () => {
    const run = await previewImport(org.as.security, [account()])
    expect(run.files[0]).toMatchObject({ format: 'aws-authorization-details', error: null })
    expect(run.counts.identities).toBeGreaterThan(100)
    expect(run.changes.identity).toMatchObject({ new: run.counts.identities, changed: 0, gone: 0 })
    expect(await count()).toBe(0)
  })

  it('refuses a file of another kind with what was expected and found, and nothing is stored of it', async () => {
    const run = await previewImport(org.as.admin, [text('notes.json', '{"hello": 1}')])
    expect(run).toMatchObject({ status: 'refused', can: { apply: false } })
    expect(run.files[0]?.error).toMatch(/notes\.json.*JSON.*Expected/s)
    await expect(requestApply(org.as.admin, { id: run.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it.each([
    ['cut in the middle', () => ({ name: 'cut.json', bytes: account().bytes.slice(0, 100_000) })],
    ['a million levels deep', () => text('deep.json', '['.repeat(1_000_000))],
    [
      'an alias bomb',
      () =>
        text(
          'bomb.yaml',
          `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((k, n) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[n]}`).join(',')}]`).join('\n')}`,
        ),
    ],
    ['empty', () => text('empty.json', '')],
    ['UTF-16', () => ({ name: 'wide.json', bytes: new Uint8Array(Buffer.from('\ufeff{"a":1}', 'utf16le')) })],
  ])('refuses a file that is %s', async (_name, file) => {
    const run = await previewImport(org.as.admin, [file()])
    expect(run.status).toBe('refused')
    expect(run.files[0]?.error).toBeTruthy()
  })

  it('is not for reviewers, auditors and members', async () => {
    for (const role of ['reviewer', 'auditor', 'member'] as const) {
      await expect(previewImport(org.as[role], [users(1)])).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})

describe('an apply', () => {
  it('does what the preview said, and the same file again changes nothing', async () => {
    const preview = await previewImport(org.as.admin, [account()])
    await applyNow(org.as.admin, { id: preview.id })
    const applied = await getImport(org.as.admin, { id: preview.id })
    expect(applied.status).toBe('applied')
    expect(applied.changes).toEqual(preview.changes)
    expect(await count()).toBe(preview.counts.identities)
    const again = await previewImport(org.as.admin, [account()])
    for (const part of Object.values(again.changes)) expect(part).toMatchObject({ new: 0, changed: 0, gone: 0 })
  })

  it('runs as the worker from the queue, once', async () => {
    const preview = await previewImport(org.as.admin, [users(3)])
    expect(await requestApply(org.as.admin, { id: preview.id })).toMatchObject({ status: 'queued' })
    await expect(requestApply(org.as.admin, { id: preview.id })).rejects.toMatchObject({ code: 'conflict' })
    await applyImport(org.job, { id: preview.id })
    await expect(applyImport(org.job, { id: preview.id })).rejects.toMatchObject({ code: 'conflict' })
    expect(await count()).toBe(3)
    const actions = await org.as.admin.db.auditEvent.findMany({
      where: { orgId: org.orgId, targetId: preview.id },
      orderBy: { seq: 'asc' },
    })
    expect(actions.map((event) => event.action)).toEqual([
      'import.preview',
      'import.apply.request',
      'import.apply.start',
      'import.apply',
    ])
  })

  it('asks before it marks more than a fifth gone, and again at the apply', async () => {
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(10)])).id })
    const shrunk = await previewImport(org.as.admin, [users(4)])
    expect(shrunk).toMatchObject({ needsConsent: true, vanishedShare: 0.6 })
    await expect(requestApply(org.as.admin, { id: shrunk.id })).rejects.toMatchObject({ code: 'precondition_failed' })
    await expect(applyNow(org.as.admin, { id: shrunk.id })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await count()).toBe(10)
    expect(await getImport(org.as.admin, { id: shrunk.id })).toMatchObject({ status: 'failed' })
    await applyNow(org.as.admin, { id: shrunk.id, acceptVanished: true })
    expect(await count()).toBe(4)
  })

  it('of a file that was read in part marks nothing gone', async () => {
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(10)])).id })
    const partial = JSON.parse(new TextDecoder().decode(users(2).bytes))
    partial.UserDetailList.push({ UserName: 'no arn' })
    const run = await previewImport(org.as.admin, [text('account.json', JSON.stringify(partial))])
    expect(run.files[0]?.refused.length).toBeGreaterThan(0)
    expect(run.changes.identity).toMatchObject({ gone: 0 })
    await applyNow(org.as.admin, { id: run.id })
    expect(await count()).toBe(10)
  })

  it('takes the good files of an upload and leaves the refused one', async () => {
    const run = await previewImport(org.as.admin, [users(2), text('bad.json', '{]')])
    expect(run.status).toBe('previewed')
    await applyNow(org.as.admin, { id: run.id })
    expect(await count()).toBe(2)
  })

  it('links manifests of several files, and a changed manifest changes only its own', async () => {
    const names = readdirSync(path.join(fixtures, 'kubernetes', 'fixtures')).filter((name) =>
      name.startsWith('kube-prometheus'),
    )
    const files = names.map((name) => ({ ...fixture('kubernetes', name), instance: 'demo' }))
    const run = await previewImport(org.as.admin, files)
    await applyNow(org.as.admin, { id: run.id })
    const before = await count()
    const one = await previewImport(org.as.admin, [
      {
        ...text(
          names.find((name) => name.includes('grafana-serviceAccount')) ?? '',
          'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: other, namespace: monitoring}\n',
        ),
        instance: 'demo',
      },
    ])
    expect(one.changes.identity).toMatchObject({ new: 1, gone: 1 })
    expect(before).toBeGreaterThan(3)
  })

  it('joins the credential report and the account export of one account', async () => {
    const csv =
      'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\nu0,arn:aws:iam::111122223333:user/u0,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2021-01-01T00:00:00+00:00,2026-01-01T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n'
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(2)])).id })
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [text('report.csv', csv)])).id })
    expect(await count()).toBe(2)
    const joined = await org.as.admin.db.identityListing.findFirstOrThrow({ where: { identity: { name: 'u0' } } })
    expect(joined).toMatchObject({ credentialCount: 1, oldestCredentialAt: new Date('2021-01-01T00:00:00Z') })
  })
})

describe('files of one connection in one upload', () => {
  const account = (name: string, from: number, to: number) => {
    const parsed = JSON.parse(new TextDecoder().decode(users(to).bytes))
    return text(name, JSON.stringify({ ...parsed, UserDetailList: parsed.UserDetailList.slice(from) }))
  }
  const manifest = (name: string) => ({
    ...text('x.yaml', `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: a}\n`),
    instance: 'demo',
  })

  it('do not mark one another gone', async () => {
    const two = () => [account('one.json', 0, 3), account('two.json', 3, 5), manifest('a'), manifest('b')]
    const run = await previewImport(org.as.admin, two())
    expect(run.changes.identity).toMatchObject({ new: 7, gone: 0 })
    await applyNow(org.as.admin, { id: run.id })
    expect(await count()).toBe(7)
    const again = await previewImport(org.as.admin, two())
    expect(again.changes.identity).toMatchObject({ new: 0, changed: 0, gone: 0, unchanged: 7 })
    expect(await getImport(org.as.admin, { id: run.id })).toMatchObject({ changes: run.changes })
  })

  it('mark nothing gone when one of them was read in part', async () => {
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(5)])).id })
    const partial = JSON.parse(new TextDecoder().decode(users(2).bytes))
    partial.UserDetailList.push({ UserName: 'no arn' })
    const run = await previewImport(org.as.admin, [account('a.json', 0, 1), text('b.json', JSON.stringify(partial))])
    expect(run.changes.identity).toMatchObject({ gone: 0 })
  })
})

describe('an old preview', () => {
  it('does not undo what was imported after it, and is not applied later either', async () => {
    const old = await previewImport(org.as.admin, [users(9)])
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(10)])).id })
    await expect(applyNow(org.as.admin, { id: old.id })).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('before a newer import'),
    })
    expect(await count()).toBe(10)
    expect(await getImport(org.as.admin, { id: old.id })).toMatchObject({ status: 'failed' })
  })

  it('may be applied while other sources go on', async () => {
    const first = await previewImport(org.as.admin, [users(2)])
    const csv = { ...text('list.csv', 'name,kind\nrobot,bot\n'), instance: 'list' }
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [csv])).id })
    await applyNow(org.as.admin, { id: first.id })
    expect(await count()).toBe(3)
  })
})

describe('while another import is being applied', () => {
  it('an apply and a preview wait for it, and go on by themselves', async () => {
    const { id } = await previewImport(org.as.admin, [users(2)])
    const permit = await org.as.admin.authorize('apply', {
      kind: 'import',
      id,
      label: 'other',
      attr: { createdBy: org.users.admin.userId },
    })
    let applied: Promise<void> | undefined
    let previewed: ReturnType<typeof previewImport> | undefined
    await rehearseBulk(org.as.admin.tenant, permit, async (bulk) => {
      await lockCatalogue(bulk, 'write', 1000)
      applied = applyNow(org.as.admin, { id })
      previewed = previewImport(org.as.admin, [{ ...text('list.csv', 'name,kind\nrobot,bot\n'), instance: 'list' }])
      const waiting = async () =>
        (await bulk.client.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount
      await expect.poll(waiting, { timeout: 10_000 }).toBe(2)
      expect(await getImport(org.as.admin, { id })).toMatchObject({
        status: 'applying',
        progress: { phase: 'Waiting for other imports' },
      })
    })
    await applied
    expect(await previewed).toMatchObject({ status: 'previewed' })
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'applied' })
  })
})

describe('an import whose worker is in trouble', () => {
  const down = decisionPoint('127.0.0.1:1')
  /** The worker's context while the decision point is away. */
  const cutOff = (): Context => ({
    ...org.job,
    async authorize(action, target) {
      await checkAction(org.job.actor, action, target, down)
      return org.job.authorize(action, target)
    },
  })
  afterAll(() => down.close())

  /** Moves the signs of life of a run back. */
  const ago = async (id: string, minutes: number) => {
    const client = await takeConnection(org.orgId)
    const by = `interval '${minutes} minutes'`
    await client.query(`UPDATE run_progress SET updated_at = updated_at - ${by} WHERE run_id = $1`, [id])
    await client.query(
      `UPDATE sync_run SET started_at = started_at - ${by}, created_at = created_at - ${by} WHERE id = $1`,
      [id],
    )
    client.release()
  }
  const queued = async () => {
    const { id } = await previewImport(org.as.admin, [users(3)])
    await requestApply(org.as.admin, { id })
    return id
  }

  it('waits for the next attempt while the decision point is away, and is then applied', async () => {
    const id = await queued()
    await expect(applyImport(cutOff(), { id })).rejects.toSatisfy(isWorthRetrying)
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'queued', can: { apply: false } })
    await applyImport(org.job, { id })
    expect(await count()).toBe(3)
  })

  it('ends as failed when all attempts are over, and can be applied again', async () => {
    const id = await queued()
    await expect(giveUpImport(cutOff(), { id })).rejects.toMatchObject({ code: 'upstream_failed' })
    await giveUpImport(org.job, { id })
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'failed', can: { apply: true } })
    await requestApply(org.as.admin, { id })
    await applyImport(org.job, { id })
    await giveUpImport(org.job, { id })
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'applied' })
  })

  it('ends as failed by rule even if the decision point goes away in between', async () => {
    await applyNow(org.as.admin, { id: (await previewImport(org.as.admin, [users(10)])).id })
    const { id } = await previewImport(org.as.admin, [users(4)])
    await expect(requestApply(org.as.admin, { id })).rejects.toMatchObject({ code: 'precondition_failed' })
    let asked = 0
    const leaving = (): Context => ({
      ...org.as.admin,
      authorize(action, target) {
        asked += 1
        return (asked > 2 ? cutOff() : org.as.admin).authorize(action, target)
      },
    })
    await expect(applyNow(leaving(), { id })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'failed' })
  })

  it('may be applied again or thrown away when the worker was not heard of for five minutes', async () => {
    const id = await queued()
    await expect(discardImport(org.as.admin, { id })).rejects.toMatchObject({ code: 'conflict' })
    await ago(id, 6)
    expect(await getImport(org.as.admin, { id })).toMatchObject({ can: { apply: true, discard: true } })
    await requestApply(org.as.admin, { id })
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'queued', can: { apply: false } })
    await ago(id, 6)
    expect(await discardImport(org.as.admin, { id })).toMatchObject({ status: 'discarded' })
    await expect(applyImport(org.job, { id })).rejects.toMatchObject({ code: 'conflict' })
    expect(await count()).toBe(0)
  })
})

describe('progress', () => {
  it('counts records, also of a single file', async () => {
    const { id } = await previewImport(org.as.admin, [account()])
    const client = await takeConnection(org.orgId)
    await client.query('BEGIN')
    // The last kind of record that this file holds: the apply stands there until this is let go.
    await client.query('LOCK TABLE entitlement IN SHARE MODE')
    const kept = await org.as.admin.db.syncBlock.findMany({ where: { orgId: org.orgId, runId: id } })
    const sumOf = (blocks: { count: number }[]) => blocks.reduce((sum, { count }) => sum + count, 0)
    const [total, edges] = [sumOf(kept), sumOf(kept.filter(({ type }) => type === 'entitlement'))]
    const applied = applyNow(org.as.admin, { id })
    await expect
      .poll(async () => (await getImport(org.as.admin, { id })).progress, { timeout: 20_000 })
      .toMatchObject({ phase: expect.stringContaining('entitlements of'), done: total - edges, total })
    await client.query('ROLLBACK')
    client.release()
    await applied
    expect(total).toBeGreaterThan(100)
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'applied', progress: null })
  })
})

describe('previews that nobody applies', () => {
  it('are thrown away after a week, with their records', async () => {
    const { id } = await previewImport(org.as.admin, [users(3)])
    const days = (n: number) => new Date(Date.now() + n * 24 * 60 * 60 * 1000)
    expect(await expireImports(org.job, days(6))).toBe(0)
    expect(await expireImports(org.job, days(8))).toBe(1)
    expect(await getImport(org.as.admin, { id })).toMatchObject({ status: 'discarded' })
    expect(await org.as.admin.db.syncBlock.count({ where: { orgId: org.orgId } })).toBe(0)
    expect(await expireImports(org.job, days(8))).toBe(0)
  })
})

describe('a run', () => {
  it('keeps no records once it is applied or discarded', async () => {
    const kept = () => org.as.admin.db.syncBlock.count({ where: { orgId: org.orgId } })
    const applied = await previewImport(org.as.admin, [users(2)])
    await applyNow(org.as.admin, { id: applied.id })
    const discarded = await previewImport(org.as.admin, [users(3)])
    expect(await kept()).toBe(1)
    await discardImport(org.as.admin, { id: discarded.id })
    expect(await kept()).toBe(0)
  })

  it('of another organization is not found', async () => {
    const run = await previewImport(org.as.admin, [users(1)])
    const other = await testOrganization()
    await expect(getImport(other.as.admin, { id: run.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(requestApply(other.as.admin, { id: run.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
