import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import type { AccessCallers, AccessClient, AccessIssuer } from '../schema'
import { findClient, findClients, findIssuer, findIssuers } from './store'

/** Who may ask the decision point without an API key. @throws AppError `forbidden` */
export async function listCallers(ctx: Context): Promise<AccessCallers> {
  await ctx.authorize('read_directory', decisionTarget)
  const [issuers, clients, [can]] = await Promise.all([
    findIssuers(ctx),
    findClients(ctx),
    ctx.can(['update_directory'], [decisionTarget]),
  ])
  return {
    organizationId: ctx.tenant.orgId,
    issuers: issuers.map(presentIssuer),
    clients: clients.map(presentClient),
    certificates: { isOn: env().CLIENT_CERT_PROXIES.length > 0, header: env().CLIENT_CERT_HEADER },
    can: { update: can?.update_directory === true },
  }
}

const presentIssuer = (row: Awaited<ReturnType<typeof findIssuer>>): AccessIssuer => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
})

const presentClient = (row: Awaited<ReturnType<typeof findClient>>): AccessClient => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
})

/** One of them as it is now; for whoever has just made it. @throws AppError `not_found` */
export const presentMadeIssuer = async (ctx: Context, id: string) => presentIssuer(await findIssuer(ctx, id))
/** @throws AppError `not_found` */
export const presentMadeClient = async (ctx: Context, id: string) => presentClient(await findClient(ctx, id))
