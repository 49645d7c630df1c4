import { FileQuestion } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'

/** What every unknown address shows, inside the console and outside. Every page carries it along, so it is small. */
export function NothingHere() {
  return (
    <div className="flex flex-col items-start gap-3 px-4 py-10 sm:mx-auto sm:max-w-110 sm:py-14">
      <span className="hatched grid size-9 place-items-center rounded-md border text-ink-muted" aria-hidden>
        <span className="grid size-6 place-items-center rounded-sm bg-canvas">
          <FileQuestion className="size-4" />
        </span>
      </span>
      <div className="flex flex-col gap-1">
        <h1 className="text-base font-medium">There is nothing at this address</h1>
        <p className="text-sm text-ink-muted">
          It may have been removed, or it belongs to another organization. If somebody sent you the link, check that you
          are in the organization that it was made in.
        </p>
      </div>
      <Button asChild variant="primary">
        <Link href="/">Go to the overview</Link>
      </Button>
    </div>
  )
}
