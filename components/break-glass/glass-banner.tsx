import { Hammer } from 'lucide-react'
import Link from 'next/link'
import { cn } from '@/components/ui/class-names'
import type { Use } from '@/lib/break-glass/schema'
import { formatDateTime } from '@/lib/platform/browser/format'

const most = 2
const line = 'flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b px-4 py-2 md:h-11 md:flex-nowrap md:px-6'

/** How many lines of 2.75rem it has on a wide screen; lists leave so much room. */
export const glassLines = (open: readonly unknown[]) => Math.min(open.length, most) + (open.length > most ? 1 : 0)

/** Who uses break-glass now, and which review is overdue, over every page of whoever looks after security; drawn on the server. */
export function GlassBanner({ open }: { open: readonly Use[] }) {
  if (open.length === 0) return null
  return (
    <section aria-label="Break-glass in use">
      {open.slice(0, most).map((use) => (
        <div key={use.id} className={cn(line, use.isOverdue ? 'bg-warning-wash' : 'bg-danger-wash')}>
          <p
            className={cn(
              'flex min-w-0 items-center gap-2 text-base font-medium',
              use.isOverdue ? 'text-warning-ink' : 'text-danger-ink',
            )}
          >
            <Hammer className="size-5 shrink-0" aria-hidden />
            <span className="truncate" title={use.reason}>
              {use.isDrill ? 'Drill: ' : ''}
              {saysOf(use)}
            </span>
          </p>
          <p className="text-sm whitespace-nowrap text-ink max-md:whitespace-normal">
            {use.seenBy ? `${use.seenBy} has seen it.` : 'Nobody has said that they have seen it.'}
          </p>
          <Link
            href={`/break-glass/${use.id}`}
            className="text-sm font-medium whitespace-nowrap text-ink underline md:ml-auto"
          >
            {use.isOverdue ? 'Review it' : 'What is done'}
          </Link>
        </div>
      ))}
      {open.length > most ? (
        <p className={cn(line, 'bg-danger-wash text-sm')}>
          <Link href="/break-glass" className="font-medium underline">
            And {open.length - most} more
          </Link>
        </p>
      ) : null}
    </section>
  )
}

function saysOf({ invoker, what, subject, state, isOverdue, endsAt }: Use): string {
  if (isOverdue) return `The review of break-glass by ${invoker.name} is overdue`
  if (state === 'waiting') return `${invoker.name} wants to break the glass: ${what}. A second person has to agree`
  const until = endsAt ? ` until ${formatDateTime(endsAt)}` : ''
  return `${invoker.name} broke the glass: ${what}${subject === invoker.name ? '' : ` for ${subject}`}${until}`
}
