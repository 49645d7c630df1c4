import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flushDecisions } from '@/lib/decisions/server/record-decisions'
import { decisionPoint, versionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { ownType, without } from '@/lib/platform/testing/policy-texts'
import { makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import type { PolicyFile, VersionDetail } from '../schema'
import { launchShadow, publishVersion, restoreFormer, reviewVersion } from './activate-version'
import { applyReplay } from './apply-replay'
import { getVersion, listVersions } from './list-versions'
import { pointVersionOf, scopeOf } from './load-version'
import { drainShadow } from './record-shadow'
import { requestReplay } from './request-replay'
import { createVersion, testVersion, updateVersion } from './update-version'

let world: AccessWorld
let admin: AccessWorld['org']['as']['admin']
let security: AccessWorld['org']['as']['admin']

beforeAll(async () => {
  world = await makeAccessWorld()
  admin = world.org.as.admin
  security = world.org.as.security
})

afterAll(async () => {
  await flushDecisions()
  await drainShadow()
  decisionPoint().close()
  versionPoint()?.close()
  await world.db.end()
  await closePool()
})

async function written(files: PolicyFile[], title = 'Something new'): Promise<VersionDetail> {
  const made = await createVersion(admin, { title, files })
  return testVersion(admin, { id: made.id, revision: made.revision })
}

async function reviewed(files: PolicyFile[], title?: string): Promise<VersionDetail> {
  const { id, contentHash, test } = await written(files, title)
  expect([test?.result.problems, test?.result.suites, test?.result.isPassed]).toEqual([[], expect.any(Array), true])
  return reviewVersion(security, { id, contentHash, verdict: 'approved', note: 'looks right' })
}

async function published(files: PolicyFile[], title?: string): Promise<VersionDetail> {
  const { id, contentHash } = await reviewed(files, title)
  await launchShadow(admin, { id, contentHash })
  return publishVersion(admin, { id, contentHash, activeHash: await activeHash() })
}

const activeHash = async (): Promise<string> => (await listVersions(admin)).active.hash ?? ''
const asked = async (action: string) =>
  (await world.ask('evaluation', world.question({ action: { name: action } }))).body

describe('a version', () => {
  it('is tested by the compiler with the mandatory set, and the example passes', async () => {
    const made = await createVersion(admin, { title: 'The example' })
    expect([made.state, made.no, made.files.map(({ name }) => name)]).toEqual([
      'draft',
      expect.any(Number),
      ['resource.yaml', 'resource_test.yaml'],
    ])
    const tested = await testVersion(admin, { id: made.id, revision: made.revision })
    const result = tested.test?.result
    expect([tested.state, tested.kinds, result?.isPassed, result?.problems]).toEqual(['tested', ['resource'], true, []])
    expect(result?.cases.map(({ name, failed }) => [name, failed])).toEqual(
      [
        'narrows_only',
        'tenant_crossing',
        'self_approval',
        'expired_approval',
        'closed_ticket',
        'revoked',
        'disabled',
      ].map((name) => [name, 0]),
    )
    for (const { asked: questions } of result?.cases ?? []) expect(questions).toBeGreaterThan(20)
    // Agents may delete by the product's policies, and may not by this one.
    expect(result?.narrowed.count).toBeGreaterThan(0)
    expect(result?.narrowed.examples.every(({ action }) => action === 'delete')).toBe(true)
  })

  it('that does not compile stays a draft, with what is wrong at its line', async () => {
    const broken = without('write')
    const [policy] = broken
    if (policy)
      policy.text = policy.text.replace(
        'effect: EFFECT_DENY',
        'effect: EFFECT_DENY\n      condition: { match: { expr: "P.attr.x ==" } }',
      )
    const tested = await written(broken)
    expect([tested.state, tested.test?.result.isCompiled]).toEqual(['draft', false])
    expect(tested.test?.result.problems[0]).toMatchObject({
      file: 'resource.yaml',
      line: 12,
      says: expect.stringMatching(/^Invalid expression/),
    })
    const { id, contentHash } = tested
    await expect(
      reviewVersion(security, { id, contentHash, verdict: 'approved', note: 'never mind' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await expect(launchShadow(admin, { id, contentHash })).rejects.toMatchObject({ code: 'conflict' })
    await expect(publishVersion(admin, { id, contentHash, activeHash: await activeHash() })).rejects.toMatchObject({
      code: 'conflict',
    })
    // Nor by the database itself.
    await expect(world.db.query(`UPDATE policy_version SET state = 'published' WHERE id = $1`, [id])).rejects.toThrow(
      /policy_version_words_check/,
    )
  })

  it.each([
    ['without the consent of the product’s policy', (text: string) => text.replace(/ {2}scopePermissions.*\n/, ''), 5],
    ['under another scope', (text: string) => text.replace('scope: organization', 'scope: somebody'), 5],
    ['of another version', (text: string) => text.replace('version: runtime', 'version: default'), 4],
    ['with a rule without a name', (text: string) => text.replace('name: no-write\n      actions', 'actions'), 8],
    ['that is no YAML', (text: string) => `${text}  - [`, null],
  ])('is refused %s, at its line', async (_what, change, line) => {
    const files = without('write').map((file) =>
      file.name === 'resource.yaml' ? { ...file, text: change(file.text) } : file,
    )
    const tested = await written(files)
    expect([tested.state, tested.test?.result.isPassed]).toEqual(['draft', false])
    expect(tested.test?.result.problems[0]?.file).toBe('resource.yaml')
    if (line !== null) expect(Math.abs((tested.test?.result.problems[0]?.line ?? 0) - line)).toBeLessThanOrEqual(2)
  })

  it.each([
    ['expired_approval', 'V.active && !V.revoked && P.attr.context.given.approval == "valid"'],
    ['self_approval', 'V.active && !V.revoked && has(P.attr.context.approval) && P.attr.context.approval != "expired"'],
    ['closed_ticket', 'V.active && !V.revoked && P.attr.context.given.ticketState == "open"'],
    ['tenant_crossing', 'true'],
    ['revoked', 'V.active'],
    ['disabled', 'V.known && !V.revoked'],
  ])('fails the mandatory set where it should: %s', async (name, condition) => {
    const files = ownType(condition).map((file) =>
      name === 'tenant_crossing'
        ? { ...file, text: file.text.replace('roles: [service, agent, person]', 'roles: ["*"]') }
        : file,
    )
    const tested = await written(files)
    const result = tested.test?.result
    expect([tested.state, result?.isCompiled, result?.isPassed, result?.suites.map(({ failed }) => failed)]).toEqual([
      'draft',
      true,
      false,
      [0],
    ])
    expect(result?.cases.find((each) => each.name === name)?.failed).toBeGreaterThan(0)
  })

  it('may allow what the product has no policy for, when it keeps to the mandatory set', async () => {
    const tested = await written(ownType('V.active && !V.revoked && V.approved'))
    expect([tested.state, tested.kinds, tested.test?.result.problems]).toEqual(['tested', ['invoice'], []])
  })

  it('is agreed to by a second person, never by who wrote in it, and is a draft again after a change', async () => {
    const { id, contentHash } = await written(without('list'))
    const words = { id, contentHash, verdict: 'approved' as const, note: 'looks right' }
    await expect(reviewVersion(admin, words)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(reviewVersion(world.org.as.reviewer, words)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(reviewVersion(security, { ...words, contentHash: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    const agreed = await reviewVersion(security, words)
    expect([agreed.state, agreed.review?.by]).toEqual(['reviewed', world.org.users.security.name])
    // Who agreed and then writes in it is an author from then on.
    const changed = await updateVersion(security, { id, revision: agreed.revision, files: without('read') })
    expect([changed.state, changed.review, changed.can.approve]).toEqual(['draft', null, false])
    const again = await testVersion(security, { id, revision: changed.revision })
    await expect(reviewVersion(security, { ...words, contentHash: again.contentHash })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(world.db.query(`UPDATE policy_version SET author_ids = '{}' WHERE id = $1`, [id])).rejects.toThrow(
      /only added to/,
    )
  })
})

describe('publishing', () => {
  it('takes shadow, replay, publishing and the way back, each seen in the next answer', async () => {
    expect((await asked('write')).decision).toBe(true)
    const before = await activeHash()
    const { id, contentHash, no } = await reviewed(without('write'), 'Nobody writes')

    // Shadow: answers do not change, differences are recorded.
    await launchShadow(admin, { id, contentHash })
    for (let n = 0; n < 3; n += 1) expect((await asked('write')).decision).toBe(true)
    expect((await asked('read')).decision).toBe(true)
    await drainShadow()
    const [shadow] = (await getVersion(admin, { id })).trials
    expect(shadow).toMatchObject({
      kind: 'shadow',
      state: 'running',
      asked: 4,
      differing: 3,
      dropped: 0,
      isStale: false,
    })
    expect(shadow?.differences).toMatchObject([
      {
        subject: { id: world.service },
        ...{ action: 'write', nowAllowed: false, count: 3, reasonWas: 'entitled', reasonNow: 'no_write_here' },
        ruleNow: 'resource.resource.own#no-write',
      },
    ])

    // Replay: the recorded answers that would differ.
    await flushDecisions()
    const replay = await requestReplay(admin, { id, days: 7 })
    await expect(requestReplay(admin, { id, days: 7 })).rejects.toMatchObject({ code: 'conflict' })
    await applyReplay(world.org.job, { id: replay.id }, new AbortController().signal)
    const done = (await getVersion(admin, { id })).trials.find((each) => each.id === replay.id)
    expect(done).toMatchObject({ state: 'done', asked: 5, differing: 4, skipped: 0, dropped: 0, isStale: false })
    expect(done?.differences).toMatchObject([{ action: 'write', nowAllowed: false, count: 4 }])

    // Publishing: in the next answer, in the log, in the trail.
    await expect(publishVersion(admin, { id, contentHash, activeHash: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'conflict',
    })
    await publishVersion(admin, { id, contentHash, activeHash: before })
    const refused = await asked('write')
    expect([refused.decision, refused.context.reason]).toEqual([false, 'no_write_here'])
    expect((await asked('read')).decision).toBe(true)
    await flushDecisions()
    const { rows } = await world.db.query(`SELECT policy_version, policy_hash, rule FROM decision WHERE id = $1`, [
      refused.context.id,
    ])
    const after = await activeHash()
    expect(after).not.toBe(before)
    expect(rows).toEqual([{ policy_version: no, policy_hash: after, rule: 'resource.resource.own#no-write' }])
    expect((await listVersions(admin)).active).toMatchObject({ versionNo: no, isLoaded: true })
    const trail = await world.db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND target_id = $2 ORDER BY seq`,
      [world.org.orgId, id],
    )
    expect(trail.rows.map(({ action }) => action)).toEqual(
      ['create', 'test', 'approve', 'shadow', 'replay', 'replay_done', 'publish'].map((act) => `policy_version.${act}`),
    )
    // What answers has changed: the replay tells nothing any more.
    expect((await getVersion(admin, { id })).trials.find((each) => each.id === replay.id)?.isStale).toBe(true)
    await expect(world.db.query(`UPDATE policy_version SET files = '[]' WHERE id = $1`, [id])).rejects.toThrow(
      /stays as it was/,
    )

    // A second one, and back to the first, and to the product's policies, each in one action.
    const second = await published(without('read'), 'Nobody reads')
    expect((await getVersion(admin, { id })).state).toBe('superseded')
    expect([(await asked('write')).decision, (await asked('read')).decision]).toEqual([true, false])
    await restoreFormer(admin, { activeHash: await activeHash(), reason: 'nobody can read' })
    expect([(await asked('write')).decision, (await asked('read')).decision]).toEqual([false, true])
    expect((await getVersion(admin, { id: second.id })).state).toBe('rolled_back')
    expect((await getVersion(admin, { id })).state).toBe('published')
    expect(await activeHash()).toBe(after)
    await restoreFormer(admin, { activeHash: after, reason: 'nobody can write' })
    expect([(await asked('write')).decision, await activeHash()]).toEqual([true, before])
    await expect(restoreFormer(admin, { activeHash: before, reason: 'once more' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect((await listVersions(admin)).activations.map(({ how, versionNo }) => [how, versionNo])).toEqual([
      ['rolled_back', null],
      ['rolled_back', no],
      ['published', second.no],
      ['published', no],
    ])
  })

  it('does not happen for what does not pass any more', async () => {
    const { id, contentHash } = await reviewed(without('write'))
    await launchShadow(admin, { id, contentHash })
    // As if the product's policies had changed so that it fits no more: the text is the same, its tests are not what they were.
    await world.db.query(`ALTER TABLE policy_version DISABLE TRIGGER keep_policy_version`)
    await world.db.query(
      `UPDATE policy_version SET files = jsonb_set(files, '{1,text}', to_jsonb(replace(files->1->>'text', 'EFFECT_DENY', 'EFFECT_ALLOW'))) WHERE id = $1`,
      [id],
    )
    await world.db.query(`ALTER TABLE policy_version ENABLE TRIGGER keep_policy_version`)
    await expect(publishVersion(admin, { id, contentHash, activeHash: await activeHash() })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    expect((await asked('write')).decision).toBe(true)
  })

  it('touches no other organization', async () => {
    const mine = await published(without('write'), 'Mine alone')
    const other = await makeAccessWorld()
    expect((await other.ask('evaluation', other.question({ action: { name: 'write' } }))).body.decision).toBe(true)
    await expect(getVersion(other.org.as.admin, { id: mine.id })).rejects.toMatchObject({ code: 'not_found' })
    expect((await listVersions(other.org.as.admin)).items).toEqual([])
    await other.db.end()
    await restoreFormer(admin, { activeHash: await activeHash(), reason: 'tidying up' })
  })
})

describe('a version that vanishes in use', () => {
  it('is a no with its reason within a second, and is there again', async () => {
    await published(without('write'), 'To vanish')
    expect((await asked('read')).decision).toBe(true)
    const { active } = await listVersions(admin)
    const { rows } = await world.db.query(`SELECT active_hash FROM policy_setting WHERE org_id = $1`, [world.org.orgId])
    // Taken away where it is asked: what it forbids would be allowed by what stands above it.
    const { GRPC } = await import('@cerbos/grpc')
    const { VERSIONS_CERBOS_ADDRESS = '', VERSIONS_CERBOS_PASSWORD = '' } = env()
    const hands = new GRPC(VERSIONS_CERBOS_ADDRESS, {
      tls: false,
      adminCredentials: { username: 'bailiwick', password: VERSIONS_CERBOS_PASSWORD },
    })
    const name = `resource.resource.v${pointVersionOf(active.baseHash ?? '')}/${scopeOf(rows[0].active_hash)}`
    await hands.disablePolicies({ ids: [name] })
    hands.close()
    const began = performance.now()
    const answer = await asked('write')
    expect([answer.decision, answer.context.reason]).toEqual([false, 'policy_version_absent'])
    expect(performance.now() - began).toBeLessThan(1000)
    for (const until = Date.now() + 5000; Date.now() < until; ) {
      if ((await asked('read')).decision) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect([(await asked('read')).decision, (await asked('write')).context.reason]).toEqual([true, 'no_write_here'])
    await restoreFormer(admin, { activeHash: await activeHash(), reason: 'tidying up' })
  })

  it('is a no where no decision point for versions is', async () => {
    const { id } = await published(without('write'), 'Without a place')
    const { VERSIONS_CERBOS_ADDRESS: before } = env()
    env().VERSIONS_CERBOS_ADDRESS = undefined
    try {
      const answer = await asked('read')
      expect([answer.decision, answer.context.reason]).toEqual([false, 'policy_version_absent'])
      const list = await listVersions(admin)
      expect([list.active.isLoaded, list.can.create, list.unavailable]).toEqual([
        false,
        false,
        expect.stringMatching(/VERSIONS_CERBOS_ADDRESS/),
      ])
      // The way back to the product's own policies does not need it.
      expect((await getVersion(admin, { id })).can.publish).toBe(false)
      await restoreFormer(admin, { activeHash: await activeHash(), reason: 'no place for it' })
    } finally {
      env().VERSIONS_CERBOS_ADDRESS = before
    }
    expect((await asked('read')).decision).toBe(true)
  })
})

describe('a type of the organization’s own', () => {
  it('is answered by its own policy, and by no other organization’s', async () => {
    await world.db.query(`INSERT INTO access_type (org_id, type, actions) VALUES ($1, 'invoice', '{pay}')`, [
      world.org.orgId,
    ])
    const pay = { action: { name: 'pay' }, resource: { type: 'invoice', id: 'r-1' } }
    expect((await world.ask('evaluation', world.question(pay))).body.decision).toBe(false)
    const files = ownType('V.active && !V.revoked')
    await published(files, 'Invoices')
    const yes = (await world.ask('evaluation', world.question(pay))).body
    expect([yes.decision, yes.context.reason]).toEqual([true, 'own_invoice'])
    const off = await makeIdentity(world.db, world.place, { environment: 'production', status: 'disabled' })
    await makeOwnership(world.db, world.org.orgId, off, {
      owner_key: 'user:somebody',
      label: 'Somebody',
      state: 'confirmed',
    })
    const no = await world.ask('evaluation', world.question({ ...pay, subject: { type: 'identity', id: off } }))
    expect(no.body.decision).toBe(false)
    await restoreFormer(admin, { activeHash: await activeHash(), reason: 'tidying up' })
    expect((await world.ask('evaluation', world.question(pay))).body.decision).toBe(false)
  })
})
