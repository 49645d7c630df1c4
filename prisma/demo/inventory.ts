import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Scope } from '../../lib/api-keys/schema'
import { createApiKey } from '../../lib/api-keys/server/create-api-key'
import { listApiKeys } from '../../lib/api-keys/server/list-api-keys'
import { applyNow } from '../../lib/connections/server/apply-import'
import { previewImport } from '../../lib/connections/server/preview-import'
import { assignOwner } from '../../lib/identities/server/assign-owner'
import { confirmOwner } from '../../lib/identities/server/confirm-owner'
import { listIdentities } from '../../lib/identities/server/list-identities'
import type { Context } from '../../lib/platform/context'
import { isAppError } from '../../lib/platform/errors'

/** Where the connectors keep real files that nobody on the project wrote. */
const fixtures = path.join(process.cwd(), 'lib', 'connectors')
const dayMs = 86_400_000

/** Files by path below `lib/connectors`; a folder stands for all files in it. */
async function readFiles(places: readonly string[], instance: string | undefined) {
  const paths = await Promise.all(
    places.map(async (place) => {
      const full = path.join(fixtures, place)
      if (path.extname(place)) return [full]
      const entries = await readdir(full, { withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(full, entry.name))
        .sort()
    }),
  )
  return Promise.all(
    paths.flat().map(async (file) => ({
      name: path.basename(file),
      bytes: new Uint8Array(await readFile(file)),
      instance,
    })),
  )
}

/** Brings fixtures in through the importer itself: preview, then apply. Nothing happens when they were applied before. */
export async function ensureImport(ctx: Context, places: readonly string[], instance?: string): Promise<void> {
  const files = await readFiles(places, instance)
  const applied = await ctx.db.syncFile.findFirst({
    where: { name: files[0]?.name ?? '', run: { status: 'applied' } },
    select: { runId: true },
  })
  if (applied) return
  const preview = await previewImport(ctx, files)
  const refused = preview.files.filter((file) => file.error !== null)
  if (preview.status !== 'previewed')
    throw new Error(`nothing of ${places.join(', ')} could be read: ${refused[0]?.error}`)
  await applyNow(ctx, { id: preview.id, acceptVanished: true })
}

export interface Ownership {
  /** `team:<id>` or `user:<id>`. */
  ownerKey: string
  /** Part of the names of the identities. */
  named: string
  /** At most so many of them, in the order of their names. */
  atMost: number
  /** By whom; absent leaves the assignment unconfirmed. */
  confirmedBy?: Context
}

/** Names owners of identities, and has them confirmed. What has this owner already stays as it is. */
export async function ensureOwners(ctx: Context, { ownerKey, named, atMost, confirmedBy }: Ownership): Promise<void> {
  const { items } = await listIdentities(ctx, { q: named, sort: 'name', dir: 'asc', limit: atMost })
  for (const { id: identityId } of items) {
    try {
      const { ownerships } = await assignOwner(ctx, { identityId, ownerKey, reason: 'Named in the service catalogue' })
      const made = ownerships.find((ownership) => ownership.ownerKey === ownerKey)
      if (made && confirmedBy) await confirmOwner(confirmedBy, { identityId, ownershipId: made.id })
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict') throw error
    }
  }
}

/** One API key, whose token is not kept: it shows what a key looks like in the inventory. */
export async function ensureApiKey(ctx: Context, name: string, scopes: Scope[]): Promise<void> {
  const { items } = await listApiKeys(ctx)
  if (items.some((key) => key.name === name)) return
  await createApiKey(ctx, { name, scopes, expiresAt: new Date(Date.now() + 180 * dayMs).toISOString() })
}
