import { isOwnIssuer, type OidcClaims } from '@/lib/platform/auth/oidc'
import type { RefusalReason } from '@/lib/platform/auth/sign-in-doors'
import { EmailAddress } from '../schema'
import { createUser } from './create-user'
import {
  type Account,
  findAccountByEmail,
  findAccountById,
  findLinkedAccount,
  hasOpenInvitation,
  insertLink,
} from './store'

/**
 * Who a person is whom the identity provider vouches for: by issuer and subject when they came before; the first time by
 * an e-mail address that the provider has verified, which must belong to an account or to an open invitation. Everybody
 * else is refused: single sign-on proves who somebody is, not that they belong here.
 */
export async function resolveOidcUser(claims: OidcClaims): Promise<Account | { refused: RefusalReason }> {
  if (!isOwnIssuer(claims.iss)) return { refused: 'issuer' }
  const linked = await findLinkedAccount(claims.iss, claims.sub)
  if (linked) return admitted(linked)
  if (claims.email_verified !== true) return { refused: 'unverified' }
  const email = EmailAddress.safeParse(claims.email)
  if (!email.success) return { refused: 'unverified' }
  const account = (await findAccountByEmail(email.data)) ?? (await invited(email.data, claims.name))
  if (!account) return { refused: 'unknown' }
  if (account.status === 'active') {
    await insertLink({ issuer: claims.iss, subject: claims.sub, userId: account.id })
  }
  return admitted(account)
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
