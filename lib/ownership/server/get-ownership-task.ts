import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { ById } from '../schema'
import { OwnershipTaskDetail } from '../schema'
import { presentTask, type TaskRow, taskColumns } from './list-ownership-tasks'

const shownIdentities = 100
const shownSecrets = 200

/**
 * One task, with what still has no owner and the secrets that the one who left could have read, as far as the caller may see
 * either.
 * @throws AppError `not_found`, also for another organization's id; `forbidden` for a task of others
 */
export async function getOwnershipTask(ctx: Context, { id }: ById): Promise<OwnershipTaskDetail> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const { departure_id: departureId, ...task } = (await findTask(ctx, id)).row
  const [identities, credentials] = await Promise.all([ctx.plan('list', 'identity'), ctx.plan('list', 'credential')])
  const [identityItems, secrets] = await Promise.all([
    ctx.sql(Prisma.sql`SELECT i.id::text, i.name FROM ownership_task_item x
      JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = x.identity_id
      JOIN identity i ON i.org_id = ${org} AND i.id = x.identity_id
      WHERE x.org_id = ${org} AND x.task_id = ${id}::uuid AND x.done_at IS NULL AND (${identities.rows ?? Prisma.sql`true`})
      ORDER BY l.name_key, i.id LIMIT ${shownIdentities}`),
    ctx.sql<SecretRow>(Prisma.sql`SELECT x.id::text, x.route, l.id::text AS credential_id, l.name, l.type, l.last_four, l.state,
        i.id::text AS identity_id, i.name AS identity_name, r.id::text AS store_id, r.name AS store_name
      FROM departure_secret x
      LEFT JOIN credential l ON l.org_id = ${org} AND l.id = x.credential_id
      LEFT JOIN identity i ON i.org_id = ${org} AND i.id = x.identity_id
      LEFT JOIN resource r ON r.org_id = ${org} AND r.id = x.resource_id
      WHERE x.org_id = ${org} AND x.departure_id = ${departureId}::uuid AND (${credentials.rows ?? Prisma.sql`true`})
      ORDER BY x.credential_id IS NULL, x.id LIMIT ${shownSecrets}`),
  ])
  return OwnershipTaskDetail.parse({
    ...presentTask(ctx, task),
    identityItems,
    secretItems: secrets.map(presentSecret),
  })
}

/** One task, with the permit to read it. @throws AppError `not_found`, `forbidden` */
export async function findTask(ctx: Context, id: string) {
  const [row] = await ctx.sql<TaskRow & { departure_id: string }>(
    Prisma.sql`SELECT l.departure_id::text, ${taskColumns} WHERE l.org_id = ${ctx.tenant.orgId}::uuid AND l.id = ${id}::uuid`,
  )
  if (!row) throw new AppError('not_found', 'There is no such task in this organization.')
  const attr = { toKey: row.to_key ?? 'nobody' }
  const permit = await ctx.authorize('read', { kind: 'ownership_task', id, label: `what ${row.from} owned`, attr })
  return { row, permit }
}

interface SecretRow {
  id: string
  route: string
  credential_id: string | null
  name: string
  type: string
  last_four: string | null
  state: string
  identity_id: string | null
  identity_name: string
  store_id: string | null
  store_name: string
}

function presentSecret(row: SecretRow) {
  const { id, route, credential_id, name, type, last_four: lastFour, state: status, identity_id, store_id } = row
  return {
    id,
    route,
    credential: credential_id ? { id: credential_id, name, type, lastFour, status } : null,
    identity: identity_id ? { id: identity_id, name: row.identity_name } : null,
    store: store_id ? { id: store_id, name: row.store_name } : null,
  }
}
