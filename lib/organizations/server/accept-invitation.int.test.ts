import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { contextIn, type FoundedOrganization, makeFoundedOrganization, makePerson } from '@/prisma/factories/membership'
import { acceptAsNewPerson, acceptInvitation } from './accept-invitation'
import { createInvitation } from './create-invitation'
import { getInvitationOffer } from './get-invitation-offer'
import { listInvitations } from './list-invitations'
import { revokeInvitation } from './revoke-invitation'

let org: FoundedOrganization
let superuser: pg.Client
const request = { id: randomUUID() }

beforeAll(async () => {
  superuser = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await superuser.connect()
  org = await makeFoundedOrganization('Inviting')
})
afterAll(async () => {
  await superuser.end()
  await closePool()
})

async function invite(email: string, role: 'member' | 'auditor' = 'member') {
  const { invitation, link } = await createInvitation(org.admin, { email, role })
  return { id: invitation.id, token: link.split('/').at(-1) ?? '' }
}

describe('an invitation', () => {
  it('brings a new person in with name and password of their own', async () => {
    const email = `new.${randomUUID()}@example.org`
    const { token } = await invite(email.toUpperCase(), 'auditor')
    expect(await getInvitationOffer({ token })).toMatchObject({
      organizationName: 'Inviting',
      email,
      hasAccount: false,
    })
    const joined = await acceptAsNewPerson({ token, name: 'Nora New', password: 'correct horse battery' }, request)
    expect(joined).toEqual({ organizationId: org.id, organizationName: 'Inviting', email })
    const { rows } = await superuser.query('SELECT id, name, password_hash FROM user_account WHERE email = $1', [email])
    expect(rows).toMatchObject([{ name: 'Nora New', password_hash: expect.stringContaining('$argon2id$') }])
    const ctx = await contextIn(org.id, { id: rows[0].id, name: 'Nora New', email })
    expect(ctx.actor).toMatchObject({ role: 'auditor' })
    expect(await ctx.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'invitation.accept',
      actorKey: `user:${rows[0].id}`,
      after: { member: email, role: 'auditor', account: 'created' },
    })
  })

  it('is kept as a hash: its secret is nowhere in the database', async () => {
    const { id, token } = await invite(`hash.${randomUUID()}@example.org`)
    const { rows } = await superuser.query(
      `SELECT i::text AS text FROM invitation i WHERE id = $1
       UNION ALL SELECT a::text FROM audit_event a WHERE target_id = $1::text`,
      [id],
    )
    expect(rows.length).toBeGreaterThanOrEqual(2)
    for (const row of rows) expect(row.text).not.toContain(token)
  })

  it('opens once, even when two use it at once', async () => {
    const person = await makePerson('Twice')
    const { token } = await invite(person.email)
    const outcomes = await Promise.allSettled([
      acceptInvitation(person, { token }, request),
      acceptInvitation(person, { token }, request),
    ])
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    await expect(acceptInvitation(person, { token }, request)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is for the invited person alone', async () => {
    const { token } = await invite(`meant.${randomUUID()}@example.org`)
    const thief = await makePerson('Thief')
    await expect(acceptInvitation(thief, { token }, request)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await getInvitationOffer({ token })).toMatchObject({ hasAccount: false })
  })

  it('lets nobody set a new password for an account that exists', async () => {
    const person = await makePerson('Has Account')
    const { token } = await invite(person.email)
    const attempt = acceptAsNewPerson({ token, name: 'Mallory', password: 'correct horse battery' }, request)
    await expect(attempt).rejects.toMatchObject({ code: 'conflict' })
    const { rows } = await superuser.query('SELECT name, password_hash FROM user_account WHERE id = $1', [person.id])
    expect(rows).toEqual([{ name: person.name, password_hash: null }])
  })

  it('is worth nothing once revoked, expired or made up', async () => {
    const person = await makePerson('Late')
    const revoked = await invite(person.email)
    await revokeInvitation(org.admin, { id: revoked.id })
    await expect(acceptInvitation(person, { token: revoked.token }, request)).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(revokeInvitation(org.admin, { id: revoked.id })).rejects.toMatchObject({ code: 'conflict' })

    const expired = await invite(person.email)
    await superuser.query(`UPDATE invitation SET expires_at = now() - interval '1 second' WHERE id = $1`, [expired.id])
    await expect(acceptInvitation(person, { token: expired.token }, request)).rejects.toMatchObject({
      code: 'conflict',
    })
    const { items } = await listInvitations(org.admin)
    expect(items.find(({ id }) => id === expired.id)).toMatchObject({ state: 'expired', can: { revoke: false } })

    const madeUp = { token: 'A'.repeat(43) }
    await expect(acceptInvitation(person, madeUp, request)).rejects.toMatchObject({ code: 'not_found' })
    await expect(getInvitationOffer(madeUp)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is refused for members and for addresses that are invited already', async () => {
    const member = await org.join('member')
    await expect(invite(member.person.email)).rejects.toMatchObject({
      code: 'conflict',
      fields: { email: expect.any(String) },
    })
    const email = `again.${randomUUID()}@example.org`
    await invite(email)
    await expect(invite(email)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is made and revoked by administrators only', async () => {
    const { id } = await invite(`kept.${randomUUID()}@example.org`)
    for (const role of ['security', 'reviewer', 'auditor', 'member'] as const) {
      const ctx = await org.join(role)
      await expect(createInvitation(ctx, { email: 'x@example.org', role: 'admin' })).rejects.toMatchObject({
        code: 'forbidden',
      })
      await expect(revokeInvitation(ctx, { id })).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('of another organization is not known', async () => {
    const other = await makeFoundedOrganization()
    const { id } = await invite(`ours.${randomUUID()}@example.org`)
    await expect(revokeInvitation(other.admin, { id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
