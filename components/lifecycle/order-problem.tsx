import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { isAppError } from '@/lib/platform/errors'

interface OrderProblemProps {
  deed: 'revoke' | 'rotate'
  mayRequest: boolean
  error: Error | undefined
  preview: { isFetching: boolean; refetch: () => Promise<unknown> }
}

/** What the server says when the list is not what it was when it was looked at, or the same is under way by now. */
const staleCodes = ['precondition_failed', 'conflict']

/** Why nothing can be asked for, or was: with a new look at the preview where that is what helps. */
export function OrderProblem({ deed, mayRequest, error, preview }: OrderProblemProps) {
  const isStale = isAppError(error) && staleCodes.includes(error.code)
  return (
    <>
      {mayRequest ? null : (
        <Alert tone="notice" title={`You may look, and not ${deed}`}>
          Ask somebody of your security team, and send them the address of this page.
        </Alert>
      )}
      {error ? (
        <Alert
          tone="danger"
          title={isStale ? 'It is not what it was a moment ago, so nothing was done' : 'Nothing was done'}
          isLive
          actions={
            isStale ? (
              <Button onClick={() => void preview.refetch()} isPending={preview.isFetching}>
                Look again
              </Button>
            ) : undefined
          }
        >
          {error.message}
        </Alert>
      ) : null}
    </>
  )
}
