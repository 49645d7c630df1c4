'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { JsonDiff } from '@/components/ui/json-diff'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import type { AuditEntry, AuditList } from '@/lib/audit/schema'
import { identityHistoryQuery } from '@/lib/identities/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'

const phrases: Record<string, (before: Named, after: Named) => string> = {
  'identity.owner.assign': (_, after) => `assigned ${after.label} as ${after.duty} owner`,
  'identity.owner.confirm': (_, after) => `confirmed ${after.label} as ${after.duty} owner`,
  'identity.owner.transfer': (before, after) => `transferred it from ${before.label} to ${after.label}`,
  'identity.owner.reject': (before) => `rejected ${before.label} as a suggested owner`,
  'identity.owner.remove': (before) => `removed ${before.label} as ${before.duty} owner`,
}

interface Named {
  label: string
  duty: string
}

/** The owner that an event's before or after names. */
function named(value: AuditEntry['before']): Named {
  const { label, duty } = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { label: typeof label === 'string' ? label : 'somebody', duty: typeof duty === 'string' ? duty : '' }
}

interface IdentityHistoryProps {
  orgId: string
  identityId: string
  first: ActionResult<AuditList>
}

/** What people did to an identity, newest first, each with before and after. */
export function IdentityHistory({ orgId, identityId, first }: IdentityHistoryProps) {
  const history = useInfiniteQuery({
    ...identityHistoryQuery(orgId, identityId),
    initialData: first.ok ? () => ({ pages: [first.data], pageParams: [null] }) : undefined,
  })
  const events = history.data?.pages.flatMap((page) => page.items) ?? []
  const error = history.error ?? (first.ok || history.data ? undefined : first.error)
  if (error) return <Refusal what="history" error={error} onRetry={() => void history.refetch()} />
  if (events.length === 0) {
    return (
      <EmptyState title="Nobody has changed it here">
        Owners assigned, confirmed or transferred will stand here. What imports change is told in the history of the
        imports.
      </EmptyState>
    )
  }
  return (
    <Section title="History" detail="newest first">
      <ol className="flex max-w-[60rem] flex-col">
        {events.map((event) => (
          <li key={event.id} className="border-b py-2.5 last:border-b-0">
            <HistoryEntry event={event} />
          </li>
        ))}
      </ol>
      {history.hasNextPage ? (
        <Button size="sm" isPending={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </Section>
  )
}

function HistoryEntry({ event }: { event: AuditEntry }) {
  return (
    <details className="group/event">
      <summary className="flex cursor-default flex-wrap items-center gap-x-2 rounded-sm text-sm">
        <ChevronRight className="size-3.5 shrink-0 text-ink-muted group-open/event:rotate-90" aria-hidden />
        <span className="font-medium">{event.actor.label}</span>
        <span>{phrases[event.action]?.(named(event.before), named(event.after)) ?? event.action}</span>
        {event.reason ? <span className="text-ink-muted">“{event.reason}”</span> : null}
        <RelativeTime at={event.occurredAt} hasDate className="ml-auto text-ink-muted" />
      </summary>
      <div className="mt-2 ml-5.5">
        <JsonDiff before={event.before ?? undefined} after={event.after ?? undefined} />
        <p className="mt-1 text-xs text-ink-muted">
          Event {event.seq} of the audit trail
          {event.decisionId ? (
            <>
              , allowed by decision <span className="font-mono">{event.decisionId}</span>
            </>
          ) : null}
        </p>
      </div>
    </details>
  )
}
