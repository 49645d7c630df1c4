import { KeyRound } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import type { RunDetail } from '@/lib/lifecycle/schema'
import { CountdownRing } from './countdown-ring'

interface RunLinkProps {
  link: NonNullable<RunDetail['link']>
  createdAt: string
  now: number
  isOpen: boolean
}

/** The new secret on its way to the one who takes it. */
export function RunLink({ link: { id, userName, expiresAt, openedAt, isMine }, createdAt, now, isOpen }: RunLinkProps) {
  if (openedAt) {
    return (
      <p className="border-b px-4 py-3 text-sm text-ink-muted md:px-6">
        <KeyRound className="mr-1.5 inline size-3.5" aria-hidden />
        {isMine ? 'You have' : `${userName} has`} taken the new secret <RelativeTime at={openedAt} />.
      </p>
    )
  }
  if (!isOpen) return null
  return (
    <section
      aria-label="The new secret"
      className="flex flex-wrap items-center gap-x-8 gap-y-3 border-b bg-accent-wash px-4 py-4 md:px-6"
    >
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="text-base font-medium">
          {isMine ? 'A new secret waits for you' : `A new secret waits for ${userName}`}
        </h2>
        <p className="text-sm text-ink-muted">
          {isMine
            ? 'It is shown once. The old one works until you have taken it, where the system allows that.'
            : 'Only they can open it, once. Send them the address of this page.'}
        </p>
      </div>
      <CountdownRing
        label="The link is good for"
        from={createdAt}
        until={expiresAt}
        now={now}
        over="The link ended"
        tone="warning"
      />
      {isMine ? (
        <Button asChild variant="primary" size="lg">
          <Link href={`/reveal/${id}`} prefetch={false}>
            <KeyRound aria-hidden />
            Take it
          </Link>
        </Button>
      ) : null}
    </section>
  )
}
