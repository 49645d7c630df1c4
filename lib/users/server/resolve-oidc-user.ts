import { isOwnIssuer, type OidcClaims } from '@/lib/platform/auth/oidc'
import type { RefusalReason } from '@/lib/platform/auth/sign-in-doors'
import type { RequestInfo } from '@/lib/platform/context'
import { EmailAddress } from '../schema'
import { createOidcLink } from './create-oidc-link'
import { createUser } from './create-user'
import { type Account, findAccountByEmail, findAccountById, findLinkedAccount, hasOpenInvitation } from './store'

/**
 * Who a person is whom the identity provider vouches for: by issuer and subject when they came before; the first time by
 * an e-mail address that the provider has verified, which must belong to an account or to an open invitation. Everybody
 * else is refused: single sign-on proves who somebody is, not that they belong here. An account that is met this way
 * loses its password and its sessions: they may be of somebody who never read that address's mail.
 */
export async function resolveOidcUser(
  claims: OidcClaims,
  request: RequestInfo,
): Promise<Account | { refused: RefusalReason }> {
  if (!isOwnIssuer(claims.iss)) return { refused: 'issuer' }
  const linked = await findLinkedAccount(claims.iss, claims.sub)
  if (linked) return admitted(linked)
  if (claims.email_verified !== true) return { refused: 'unverified' }
  const email = EmailAddress.safeParse(claims.email)
  if (!email.success) return { refused: 'unverified' }
  const account = (await findAccountByEmail(email.data)) ?? (await invited(email.data, claims.name))
  if (!account) return { refused: 'unknown' }
  if (account.status !== 'active') return { refused: 'disabled' }
  await createOidcLink(account, { issuer: claims.iss, subject: claims.sub }, request)
  return admitted((await findLinkedAccount(claims.iss, claims.sub)) ?? account)
}

function admitted(account: Account): Account | { refused: RefusalReason } {
  return account.status === 'active' ? account : { refused: 'disabled' }
}

/** An account, without password or organization, for an invited person; the invitation is accepted by its link. */
async function invited(email: string, name: string | undefined): Promise<Account | null> {
  if (!(await hasOpenInvitation(email, new Date()))) return null
  const { id } = await createUser({ email, name: name?.trim().slice(0, 80) || email.slice(0, 80) })
  return findAccountById(id)
}
