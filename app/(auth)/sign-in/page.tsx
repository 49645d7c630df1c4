import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { failureOf } from '@/components/users/failure-words'
import { SignInForm } from '@/components/users/sign-in-form'
import { ThresholdHeading } from '@/components/users/threshold'
import { currentSession } from '@/lib/platform/auth/session'
import { getSignInOptions } from '@/lib/users/server/get-sign-in-options'

export const metadata: Metadata = { title: 'Sign in' }

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl, error } = await searchParams
  const { target, isEmpty, singleSignOn, demo } = await getSignInOptions(callbackUrl)
  if (await currentSession()) redirect(target)
  if (isEmpty) redirect('/setup')
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
        singleSignOn={singleSignOn}
        failure={typeof error === 'string' ? failureOf(error).text : undefined}
        demo={demo}
      />
    </>
  )
}
