import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { SetUpForm } from '@/components/users/set-up-form'
import { ThresholdHeading } from '@/components/users/threshold'
import { isInstallationEmpty } from '@/lib/users/server/create-first-administrator'

export const metadata: Metadata = { title: 'Set up' }

export default async function SetUpPage() {
  await connection()
  if (!(await isInstallationEmpty())) redirect('/sign-in')
  return (
    <>
      <ThresholdHeading title="Set up this installation">
        <p>
          Nobody has used it yet. Whoever fills this in becomes its first administrator; this page then closes for good.
        </p>
      </ThresholdHeading>
      <SetUpForm />
    </>
  )
}
