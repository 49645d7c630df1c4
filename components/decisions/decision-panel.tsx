'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { JsonDiff } from '@/components/ui/json-diff'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { decisionQuery } from '@/lib/decisions/queries'
import type { DecisionDetail } from '@/lib/decisions/schema'
import { ChainList } from './chain-list'
import { Outcome, reasonWords } from './decision-columns'

interface DecisionPanelProps {
  orgId: string
  id: string | null
  onClose: () => void
}

/** One answer explained: why, by which rule of which policies, and everything that the policy saw. */
export function DecisionPanel({ orgId, id, onClose }: DecisionPanelProps) {
  const { data, error } = useQuery({ ...decisionQuery(orgId, id ?? ''), enabled: id !== null })
  return (
    <Sheet open={id !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      {id === null ? null : (
        <SheetContent title="Why this answer" description={data ? reasonWords(data.reason) : ''} size="lg">
          {data ? (
            <Explanation decision={data} />
          ) : error ? (
            <Alert tone="danger">{error.message}</Alert>
          ) : (
            <Skeleton className="h-40" />
          )}
        </SheetContent>
      )}
    </Sheet>
  )
}

function Explanation({ decision }: { decision: DecisionDetail }) {
  const { because, mend, unknown } = decision.explanation
  return (
    <div className="flex flex-col gap-5">
      <section aria-label="Answer" className="flex flex-col gap-2">
        <div>
          <Outcome decision={decision} />
        </div>
        <p className="text-sm">{because}</p>
        {mend ? <p className="text-sm text-ink-muted">{mend}</p> : null}
        {decision.requestPath ? (
          <div>
            <Button asChild size="sm">
              <Link href={decision.requestPath}>Ask for access</Link>
            </Button>
          </div>
        ) : null}
      </section>
      <ChainList facts={decision.facts} />
      <DescriptionList items={itemsOf(decision)} />
      {unknown.length > 0 ? (
        <section aria-label="Not known">
          <h3 className="mb-2 text-sm font-medium">Not known when it was answered</h3>
          <p className="text-sm text-ink-muted">{unknown.join(', ')}</p>
        </section>
      ) : null}
      <section aria-label="What the policy saw">
        <h3 className="mb-2 text-sm font-medium">What the policy saw</h3>
        {Object.keys(decision.facts).length > 0 ? (
          <JsonDiff before={decision.facts} after={decision.facts} hasUnchanged />
        ) : (
          <p className="text-sm text-ink-muted">Nothing: the answer was given before the policy was asked.</p>
        )}
      </section>
    </div>
  )
}

function itemsOf(decision: DecisionDetail) {
  const { at, subject, action, resource, caller, rule, id, requestId, latencyMs, grantId } = decision
  const { policyHash, policyVersion } = decision
  const none = <span className="text-ink-muted">none</span>
  const who = `${subject.type.replaceAll('_', ' ')} ${subject.id ?? ''}`
  return [
    { term: 'When', detail: <RelativeTime at={at} hasTime /> },
    {
      term: 'Who',
      detail: subject.identityId ? (
        <Link href={`/inventory/${subject.identityId}`} className="text-accent-ink underline-offset-2 hover:underline">
          {who}
        </Link>
      ) : (
        who
      ),
    },
    { term: 'Action', detail: action ?? 'any' },
    { term: 'On what', detail: resource ? `${resource.type.replaceAll('_', ' ')} ${resource.id ?? ''}` : none },
    { term: 'Asked by', detail: caller.label },
    ...(grantId
      ? [
          {
            term: 'By the grant',
            detail: (
              <Link href={`/grants/${grantId}`} className="text-accent-ink underline-offset-2 hover:underline">
                {grantId}
              </Link>
            ),
          },
        ]
      : []),
    { term: 'Rule', detail: rule ? <MiddleTruncate value={rule} copyLabel="rule" /> : none },
    { term: 'Own policies', detail: policyVersion === null ? none : `version ${policyVersion}` },
    {
      term: 'Policies',
      detail: policyHash ? (
        <MiddleTruncate value={policyHash} copyLabel="hash of the policies" />
      ) : (
        <span className="text-ink-muted">not known</span>
      ),
    },
    { term: 'Took', detail: `${latencyMs.toFixed(1)} ms` },
    { term: 'Decision id', detail: <MiddleTruncate value={id} copyLabel="decision id" /> },
    { term: 'Request id', detail: <MiddleTruncate value={requestId} copyLabel="request id" /> },
  ]
}
