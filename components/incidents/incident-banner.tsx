import { Siren, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { cn } from '@/components/ui/class-names'
import { toneInk, toneWash } from '@/components/ui/tone'
import type { Severity } from '@/lib/incidents/values'
import { severityFacts } from '@/lib/incidents/values'
import { formatDateTime } from '@/lib/platform/browser/format'
import { severityTone } from './incident-words'

interface OpenIncident {
  id: string
  title: string
  severity: Severity
  commanderName: string
  declaredAt: Date
}

const most = 3
const line = 'flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b px-4 py-2 md:h-11 md:flex-nowrap md:px-6'

/** How many lines of 2.75rem it has on a wide screen; lists leave so much room. */
export const bannerLines = (open: readonly unknown[] | undefined) =>
  open === undefined ? 1 : Math.min(open.length, most) + (open.length > most ? 1 : 0)

/** What is wrong now, over every page of the console; drawn on the server. `undefined`: nobody could say. */
export function IncidentBanner({ open }: { open: readonly OpenIncident[] | undefined }) {
  if (open === undefined)
    return (
      <p className={cn(line, 'bg-warning-wash text-sm text-warning-ink')}>
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        Whether an incident is open could not be read.
      </p>
    )
  if (open.length === 0) return null
  return (
    <section aria-label="Open incidents">
      {open.slice(0, most).map(({ id, title, severity, commanderName, declaredAt }) => (
        <div key={id} className={cn(line, toneWash[severityTone[severity]])}>
          <p className={cn('flex min-w-0 items-center gap-2 text-base font-medium', toneInk[severityTone[severity]])}>
            <Siren className="size-5 shrink-0" aria-hidden />
            <span className="shrink-0">Incident, {severityFacts[severity].label.toLowerCase()}:</span>{' '}
            <span className="truncate" title={title}>
              {title}
            </span>
          </p>
          <p className="text-sm whitespace-nowrap text-ink max-md:whitespace-normal">
            {commanderName} commands. Since{' '}
            <time dateTime={declaredAt.toISOString()}>{formatDateTime(declaredAt.toISOString())}</time>.
          </p>
          <Link
            href={`/incidents/${id}`}
            className="text-sm font-medium whitespace-nowrap text-ink underline md:ml-auto"
          >
            What is known
          </Link>
        </div>
      ))}
      {open.length > most ? (
        <p className={cn(line, 'bg-danger-wash text-sm')}>
          <Link href="/incidents?state=open" className="font-medium underline">
            And {open.length - most} more
          </Link>
        </p>
      ) : null}
    </section>
  )
}
