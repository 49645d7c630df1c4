import { type Context, makeContext, type RequestInfo } from '@/lib/platform/context'
import { tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { organizationTarget, slugFor } from '../rules'
import { CreateOrganizationInput, type MyOrganization } from '../schema'
import { findOrganization, insertMembership, insertOrganization, newId } from './store'

const slugAttempts = 20

/** Makes a further organization; the caller becomes its administrator. Nothing of the present one passes over. */
export async function createOrganization(ctx: Context, given: CreateOrganizationInput): Promise<MyOrganization> {
  const input = CreateOrganizationInput.parse(given)
  const current = await findOrganization(ctx)
  await ctx.authorize('create', organizationTarget(current))
  if (ctx.actor.kind !== 'user') throw new AppError('forbidden', 'Only a person can found an organization.')
  return foundOrganization(ctx.actor, input, ctx.request)
}

/**
 * Makes an organization with its first administrator, as the first event of its own audit chain. Called by
 * `createOrganization` and by the set-up of an empty installation, which have proved that the founder may.
 * `slug` is made from the name when absent, and gets a number when it is taken.
 */
export async function foundOrganization(
  founder: { id: string; name: string; email: string },
  input: { name: string; slug?: string },
  request: RequestInfo,
): Promise<MyOrganization> {
  const id = await newId()
  const { name } = input
  const ctx = makeContext(
    {
      kind: 'user',
      id: founder.id,
      name: founder.name,
      email: founder.email,
      role: 'admin',
      teamIds: [],
      sessionId: '',
    },
    tenantOf(id),
    request,
  )
  const target = organizationTarget({ id, name })
  const permit = await ctx.authorize('create', target)
  const wanted = input.slug ?? slugFor(name)
  return ctx.commit(
    permit,
    (made) => ({
      action: 'organization.create',
      target,
      after: { name, slug: made.slug, administrator: founder.email },
    }),
    async (tx) => {
      for (let attempt = 1; attempt <= slugAttempts; attempt += 1) {
        const slug = attempt === 1 ? wanted : `${wanted}-${attempt}`
        if (!(await insertOrganization(tx, { id, name, slug }))) continue
        await insertMembership(tx, { orgId: id, userId: founder.id, role: 'admin' })
        return { id, name, slug, role: 'admin' as const, isCurrent: false }
      }
      throw new AppError('conflict', 'Too many organizations have this name already. Choose another one.')
    },
  )
}
