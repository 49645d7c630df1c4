'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { FailedState } from '@/components/ui/state-block'

export interface ErrorPageProps {
  error: Error & { digest?: string }
  reset: () => void
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <FailedState
      title="This page could not be shown"
      requestId={error.digest}
      actions={
        <>
          <Button variant="primary" onClick={reset}>
            Try again
          </Button>
          <Button asChild>
            <Link href="/">Go to the overview</Link>
          </Button>
        </>
      }
    >
      Something went wrong on our side. Nothing of yours was changed by it. If it happens again, give the reference to
      whoever runs this installation.
    </FailedState>
  )
}
