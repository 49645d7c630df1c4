import { createHash } from 'node:crypto'
import { type Actor, roles } from '@/lib/platform/context'
import { installationClient, readerFor, writerFor } from '@/lib/platform/db/client'
import { type Tenant, tenantOf } from '@/lib/platform/db/tenant'
import { touchEverySeconds } from './settings'

/** Long enough that no key of ours falls outside, short enough that nobody makes us hash a novel. */
const apiKeyForm = /^bwk_[A-Za-z0-9_-]{20,200}$/

/** How a key is stored: the hex SHA-256 of the whole token. Keys are random, so no slow hash is needed. */
export function hashApiKey(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}

/**
 * Whose key this is, in which organization, with the owner's role of today; undefined when it is unknown, expired or
 * revoked, or when its owner's membership or account is disabled.
 */
export async function resolveApiKey(
  token: string,
  now = new Date(),
): Promise<{ actor: Actor; tenant: Tenant } | undefined> {
  if (!apiKeyForm.test(token)) return undefined
  const [found] = await installationClient().$queryRaw<{ orgId: string; id: string }[]>`
    SELECT org_id AS "orgId", id FROM resolve_api_key(${hashApiKey(token)})`
  if (!found) return undefined
  const tenant = tenantOf(found.orgId)
  const key = await readKeyActor(tenant, found.id, now)
  if (!key) return undefined
  await touchApiKey(tenant, { id: found.id, lastUsedAt: key.lastUsedAt }, now)
  return { tenant, actor: key.actor }
}

/** What a key may do now, by its id; undefined under the same conditions. */
export async function readKeyActor(
  tenant: Tenant,
  id: string,
  now: Date,
): Promise<{ actor: Actor; lastUsedAt: Date | null } | undefined> {
  const key = await readerFor(tenant).apiKey.findFirst({
    where: { id, revokedAt: null, expiresAt: { gt: now } },
    include: { owner: { include: { user: { select: { status: true } }, teams: { select: { teamId: true } } } } },
  })
  const role = roles.find((known) => known === key?.owner.role)
  if (!key || !role || key.owner.status !== 'active' || key.owner.user.status !== 'active') return undefined
  const { name, lastUsedAt, scopes, owner } = key
  const teamIds = owner.teams.map(({ teamId }) => teamId)
  return { lastUsedAt, actor: { kind: 'api_key', id, name, ownerId: owner.userId, role, teamIds, scopes } }
}

/** Notes the use of a key. Not an act of anybody, so it has no permit and no audit event. */
async function touchApiKey(tenant: Tenant, key: { id: string; lastUsedAt: Date | null }, now: Date): Promise<void> {
  const due = new Date(now.getTime() - touchEverySeconds * 1000)
  if (key.lastUsedAt && key.lastUsedAt > due) return
  await writerFor(tenant).apiKey.updateMany({
    where: { id: key.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: due } }] },
    data: { lastUsedAt: now },
  })
}
