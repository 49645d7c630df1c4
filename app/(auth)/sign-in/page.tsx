import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { failureOf } from '@/components/users/failure-words'
import { SignInForm } from '@/components/users/sign-in-form'
import { ThresholdHeading } from '@/components/users/threshold'
import { returnPath } from '@/lib/platform/auth/return-path'
import { currentSession } from '@/lib/platform/auth/session'
import { demoPassword, singleSignOnHost } from '@/lib/platform/auth/settings'
import { env } from '@/lib/platform/env'
import { demoPeople } from '@/lib/users/rules'
import { isInstallationEmpty } from '@/lib/users/server/create-first-administrator'

export const metadata: Metadata = { title: 'Sign in' }

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams
  const target = returnPath(callbackUrl, '/', env().PUBLIC_URL)
  if (await currentSession()) redirect(target)
  if (await isInstallationEmpty()) redirect('/setup')
  const password = demoPassword()
  return (
    <>
      <ThresholdHeading title="Sign in">
        {target === '/' ? null : (
          <p>
            You will go on to <span className="font-mono text-xs break-all">{target.slice(0, 120)}</span>
          </p>
        )}
      </ThresholdHeading>
      <SignInForm
        target={target}
        singleSignOn={singleSignOnHost()}
        failure={typeof error === 'string' ? failureOf(error).text : undefined}
        demo={password === undefined ? undefined : { password, people: demoPeople }}
      />
    </>
  )
}
