import type { SignInDoors } from '@/lib/platform/auth/sign-in-doors'
import { recordSignIn } from './record-sign-in'
import { resolveOidcUser } from './resolve-oidc-user'
import { signOut } from './sign-out'
import { verifyPassword } from './verify-password'

/** What signing in and out mean, for the plumbing of `platform/auth`. */
export const signInDoors: SignInDoors = {
  withPassword: async (given, origin) => recordSignIn(await verifyPassword(given, origin), 'password', origin),
  async withOidc(claims, origin) {
    const account = await resolveOidcUser(claims, { id: origin.requestId, ip: origin.ip })
    return 'refused' in account ? account : recordSignIn(account, 'oidc', origin)
  },
  signOut: (token, origin) => signOut(token, { id: origin.requestId, ip: origin.ip }),
}
