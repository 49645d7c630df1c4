import { createHash, randomBytes } from 'node:crypto'
import { readerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { invitationState } from '../rules'
import { type InvitationRow, readInvitation, resolveInvitationHash } from './store'

const tokenBytes = 32

/** A new link's secret (256 bits, base64url) and the only form of it that is stored. */
export function newInvitationToken(): { token: string; tokenHash: string } {
  const token = randomBytes(tokenBytes).toString('base64url')
  return { token, tokenHash: hashInvitationToken(token) }
}

/** Hex SHA-256; enough for a secret of 256 random bits. */
export function hashInvitationToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * The open invitation behind a link's secret. Holding the link proves the tenant, and nothing but this one row.
 * @throws AppError `not_found` for an unknown link, `conflict` for one that was used, revoked or has expired
 */
export async function resolveInvitation(token: string): Promise<InvitationRow> {
  const found = await resolveInvitationHash(hashInvitationToken(token))
  const row = found ? await readInvitation(readerFor(tenantOf(found.orgId)), found) : null
  if (!row) throw new AppError('not_found', 'This invitation link is not valid. Ask for a new one.')
  const state = invitationState(row, Date.now())
  if (state === 'accepted')
    throw new AppError('conflict', 'This invitation has been accepted already. Sign in instead.')
  if (state !== 'open') throw new AppError('conflict', `This invitation is ${state}. Ask for a new one.`)
  return row
}
