import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { NotFoundState } from '@/components/ui/state-block'

/** What every unknown address shows, inside the console and outside. */
export function NothingHere() {
  return (
    <NotFoundState
      isPage
      title="There is nothing at this address"
      actions={
        <Button asChild variant="primary">
          <Link href="/">Go to the overview</Link>
        </Button>
      }
    >
      It may have been removed, or it belongs to another organization. If somebody sent you the link, check that you are
      in the organization that it was made in.
    </NotFoundState>
  )
}
