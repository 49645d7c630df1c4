'use client'

import { useMutation } from '@tanstack/react-query'
import { acceptInvitation } from '@/lib/organizations/actions'
import { takeResult } from '@/lib/platform/browser/action-result'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'

/** A signed-in person accepts, and goes on in the new organization. */
export function AcceptButton({ token, organizationName }: { token: string; organizationName: string }) {
  const accept = useMutation({
    mutationFn: () => takeResult(acceptInvitation({ token })),
    onSuccess: () => window.location.assign('/'),
  })
  return (
    <div className="flex flex-col items-start gap-3">
      {accept.error ? (
        <Alert tone="danger" isLive>
          {accept.error.message}
        </Alert>
      ) : null}
      <Button
        variant="primary"
        size="lg"
        isPending={accept.isPending || accept.isSuccess}
        onClick={() => accept.mutate()}
      >
        Join {organizationName}
      </Button>
    </div>
  )
}
