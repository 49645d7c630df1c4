import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import type { SigningKey, SigningKeyInput } from '../policies'
import { policyTarget } from './present-policy'
import { signingKey, signingSecret } from './write-secret-webhook'

/**
 * The key by which messages with new secrets to an address are signed, for whoever sets up what receives them. It is the same for
 * every address of one host, and of this organization alone. Each look stands in the audit trail.
 * @throws AppError `forbidden`
 */
export async function readSigningKey(ctx: Context, { url }: SigningKeyInput): Promise<SigningKey> {
  const { origin } = new URL(url)
  const target = policyTarget({ id: 'signing-key', name: `signing key for ${origin}` })
  const permit = await ctx.authorize('create', target)
  const secret = signingSecret(signingKey(env().FINGERPRINT_KEY, ctx.tenant.orgId, url))
  await ctx.commit(permit, { action: 'rotation_policy.read_signing_key', target, after: { origin } }, async () => {})
  return { origin, secret }
}
