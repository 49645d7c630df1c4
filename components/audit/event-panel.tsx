'use client'

import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { DescriptionList } from '@/components/ui/description-list'
import { JsonDiff } from '@/components/ui/json-diff'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import type { AuditEntry } from '@/lib/audit/schema'
import { ChangeTable } from '../connections/change-table'
import { ActorName } from './audit-columns'
import { splitChanges } from './split-changes'

/** Where a target can be looked at. */
function hrefOf({ kind, id }: AuditEntry['target']): string | null {
  if (kind === 'identity') return `/inventory/${id}`
  return kind === 'import' ? `/import/${id}` : null
}

interface EventPanelProps {
  event: AuditEntry | undefined
  /** What the address asks for and the trail does not hold. */
  missing: string | null
  error: Error | null
  onClose: () => void
}

/** One event in full: the decision that allowed it, before and after, and its place in the chain. */
export function EventPanel({ event, missing, error, onClose }: EventPanelProps) {
  return (
    <Sheet
      open={event !== undefined || missing !== null || error !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
    >
      {event ? (
        <SheetContent title={event.action} description={`Event ${event.seq}`} size="lg">
          <div className="flex flex-col gap-5">
            <DescriptionList items={itemsOf(event)} />
            <section aria-label="Before and after">
              <h3 className="mb-2 text-sm font-medium">Before and after</h3>
              <EventChange event={event} />
            </section>
            <section aria-label="Place in the chain">
              <h3 className="mb-2 text-sm font-medium">Place in the chain</h3>
              <DescriptionList
                items={[
                  { term: 'Hash', detail: <MiddleTruncate value={event.hash} copyLabel="hash" /> },
                  {
                    term: 'Hash of the event before',
                    detail: <MiddleTruncate value={event.prevHash} copyLabel="hash" />,
                  },
                  { term: 'Event id', detail: <MiddleTruncate value={event.id} copyLabel="event id" /> },
                ]}
              />
            </section>
          </div>
        </SheetContent>
      ) : missing !== null ? (
        <SheetContent title="No such event" description={`Event ${missing.slice(0, 20)}`} size="lg">
          <p className="text-sm text-ink-muted">
            The trail of this organization has no event with this number. If somebody sent you the link, check that you
            are in the organization that it was made in.
          </p>
        </SheetContent>
      ) : error ? (
        <SheetContent title="The event could not be read" description="" size="lg">
          <Alert tone="danger">{error.message}</Alert>
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

/** Before and after; what an import changed stands as its table, not as a hundred keys. */
function EventChange({ event }: { event: AuditEntry }) {
  const { changes, rest } = splitChanges(event.after)
  return (
    <div className="flex flex-col gap-3">
      <JsonDiff before={event.before ?? undefined} after={rest ?? undefined} />
      {changes ? <ChangeTable changes={changes} isDone /> : null}
    </div>
  )
}

function itemsOf(event: AuditEntry) {
  const href = hrefOf(event.target)
  const none = <span className="text-ink-muted">none</span>
  return [
    { term: 'When', detail: <RelativeTime at={event.occurredAt} hasTime /> },
    { term: 'Actor', detail: <ActorName actor={event.actor} /> },
    {
      term: 'Target',
      detail: (
        <span>
          <span className="text-ink-muted">{event.target.kind.replaceAll('_', ' ')}</span>{' '}
          {href ? (
            <Link href={href} className="text-accent-ink underline-offset-2 hover:underline">
              {event.target.label}
            </Link>
          ) : (
            event.target.label
          )}
        </span>
      ),
    },
    { term: 'Reason', detail: event.reason ?? <span className="text-ink-muted">none given</span> },
    {
      term: 'Decision',
      detail: event.decisionId ? <MiddleTruncate value={event.decisionId} copyLabel="decision id" /> : none,
    },
    {
      term: 'Request',
      detail: event.requestId ? <MiddleTruncate value={event.requestId} copyLabel="request id" /> : none,
    },
  ]
}
