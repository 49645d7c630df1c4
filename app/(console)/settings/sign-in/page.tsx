import type { Metadata } from 'next'
import { SignInScreen } from '@/components/organizations/sign-in-screen'
import { Section } from '@/components/ui/page-header'
import { PasswordForm } from '@/components/users/password-form'
import { getOrganization } from '@/lib/organizations/server/get-organization'
import { contextFromSession, requireSession } from '@/lib/platform/auth/session'
import { sessionIdleHours, sessionLifetimeHours, singleSignOnHost } from '@/lib/platform/auth/settings'
import { failuresPerAccount } from '@/lib/platform/auth/sign-in-limits'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Sign-in' }

export default async function SignInPage() {
  const ctx = await contextFromSession()
  const { method } = await requireSession()
  const organization = await runAction(() => getOrganization(ctx))
  const facts = {
    singleSignOn: singleSignOnHost() ?? null,
    sessionHours: sessionLifetimeHours,
    idleHours: sessionIdleHours,
    failuresPerAccount,
  }
  return (
    <>
      <SignInScreen orgId={ctx.tenant.orgId} organization={organization} facts={facts} />
      <Section title="Your password">
        {method === 'password' ? (
          <PasswordForm />
        ) : (
          <p className="text-sm text-ink-muted">You came in by single sign-on; your password is kept there.</p>
        )}
      </Section>
    </>
  )
}
