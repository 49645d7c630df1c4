import { describe, expect, it } from 'vitest'
import type { Context } from './context'
import type { Tx } from './db/commit'
import type { Permit } from './db/permit'
import type { Tenant } from './db/tenant'

/**
 * Never run: the compiler is the test. Each `@ts-expect-error` fails the build on the day when the line below it compiles,
 * that is, when a write without a permit, without an audit event or outside a transaction has become possible.
 */
async function whatMustNotCompile(ctx: Context, permit: Permit, tenant: Tenant): Promise<void> {
  const orgId = tenant.orgId
  const row = { data: { orgId, name: 'x' } }
  // @ts-expect-error reading clients cannot write
  await ctx.db.team.create(row)
  // @ts-expect-error reading clients cannot open transactions
  await ctx.db.$transaction([])
  // @ts-expect-error reading clients cannot run statements
  await ctx.db.$executeRaw`DELETE FROM team`
  // @ts-expect-error a permit cannot be made up
  const made: Permit = { orgId, action: 'create', target: { kind: 'team', id: '1', label: '' }, decisionId: '' }
  // @ts-expect-error a tenant cannot be made up
  const mine: Tenant = { orgId }
  // @ts-expect-error a reader is no transaction
  const tx: Tx = ctx.db
  // @ts-expect-error a commit needs a permit
  await ctx.commit(undefined, { action: 'a', target: { kind: 'team', id: '1', label: '' } }, async () => {})
  // @ts-expect-error a commit needs an audit event
  await ctx.commit(permit, undefined, async () => {})
  // @ts-expect-error an audit event needs a target
  await ctx.commit(permit, { action: 'team.create' }, async () => {})
  // @ts-expect-error bulk work too
  await ctx.commitBulk(permit, async () => {})
  void [made, mine, tx]
}

describe('the keys to a write', () => {
  it('are checked by the compiler', () => expect(whatMustNotCompile).toBeTypeOf('function'))
})
