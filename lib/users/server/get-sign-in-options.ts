import { returnPath } from '@/lib/platform/auth/return-path'
import { demoPassword, singleSignOnHost } from '@/lib/platform/auth/settings'
import { env } from '@/lib/platform/env'
import { demoPeople } from '../rules'
import { isInstallationEmpty } from './create-first-administrator'

export interface SignInOptions {
  /** A path of this site: where the person wanted to go, however the address was put. */
  target: string
  /** Nobody has set the installation up yet, so there is nobody to sign in. */
  isEmpty: boolean
  /** The identity provider's host; undefined without single sign-on. */
  singleSignOn: string | undefined
  /** The demo's people and their common password; undefined outside the demo. */
  demo: { password: string; people: typeof demoPeople } | undefined
}

/** What the sign-in page offers. Needs no session. */
export async function getSignInOptions(callbackUrl: string | string[] | undefined): Promise<SignInOptions> {
  const password = demoPassword()
  return {
    target: returnPath(callbackUrl, '/', env().PUBLIC_URL),
    isEmpty: await isInstallationEmpty(),
    singleSignOn: singleSignOnHost(),
    demo: password === undefined ? undefined : { password, people: demoPeople },
  }
}
