import type { Metadata } from 'next'
import Link from 'next/link'
import { connection } from 'next/server'
import { Button } from '@/components/ui/button'
import { ThresholdHeading } from '@/components/users/threshold'

export const metadata: Metadata = { title: 'Signed out' }

export default async function SignedOutPage() {
  await connection()
  return (
    <>
      <ThresholdHeading title="You are signed out">
        <p>This session has ended on the server too. Your other sessions, if you have any, go on.</p>
      </ThresholdHeading>
      <div>
        <Button asChild variant="primary" size="lg">
          <Link href="/sign-in">Sign in again</Link>
        </Button>
      </div>
    </>
  )
}
