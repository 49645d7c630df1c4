'use client'

import { DescriptionList } from '@/components/ui/description-list'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import type { AccessRow } from '@/lib/access-graph/schema'
import { formatNumber, formatWord } from '@/lib/platform/browser/format'
import { TellerList } from './access-tellers'
import { Condition, RouteSteps } from './route-trail'

interface AccessPanelProps {
  /** The identity's name: where the route begins. */
  start: string
  row: AccessRow | undefined
  onClose: () => void
}

/** One access in full: the way to it step by step, every scope, the condition. */
export function AccessPanel({ start, row, onClose }: AccessPanelProps) {
  return (
    <Sheet open={row !== undefined} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {row ? (
        <SheetContent
          size="lg"
          title={row.resource.name}
          description={row.effect === 'deny' ? 'Denied' : `What ${start} may do on it, and by which way`}
        >
          <div className="flex flex-col gap-6">
            <section aria-label="Way">
              <h3 className="mb-2 text-sm font-medium">Route</h3>
              <RouteSteps start={start} route={row.route} />
            </section>
            <DescriptionList items={itemsOf(row)} />
            <section aria-label="Scopes">
              <h3 className="mb-2 text-sm font-medium">
                Scopes <span className="tabular font-normal text-ink-muted">{formatNumber(row.scopeCount)}</span>
              </h3>
              {row.scopes.length === 0 ? (
                <p className="text-ink-muted">The source names none.</p>
              ) : (
                <ul className="grid grid-cols-1 gap-x-6 font-mono text-xs leading-5 sm:grid-cols-2">
                  {row.scopes.map((scope) => (
                    <li key={scope} className="break-all">
                      {scope}
                    </li>
                  ))}
                </ul>
              )}
              {row.scopeCount > row.scopes.length ? (
                <p className="mt-1 text-xs text-ink-muted">
                  The first {row.scopes.length} of {formatNumber(row.scopeCount)}.
                </p>
              ) : null}
            </section>
          </div>
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

function itemsOf(row: AccessRow) {
  const { resource, privilege, effect, condition, notEvaluable } = row
  const none = <span className="text-ink-muted">none</span>
  return [
    {
      term: 'Effect',
      detail: effect === 'deny' ? <span className="text-danger-ink">Denied</span> : 'Allowed',
    },
    { term: 'Privilege', detail: <PrivilegeMark privilege={privilege ?? undefined} hasLabel /> },
    { term: 'Condition', detail: condition ? <Condition label="Only if" text={condition} /> : none },
    { term: 'Not evaluated', detail: notEvaluable ? <Condition label="Because" text={notEvaluable} /> : none },
    { term: 'Resource', detail: `${formatWord(resource.kind ?? resource.type, true)}` },
    { term: 'Id at its source', detail: <MiddleTruncate value={resource.externalId} copyLabel="id" /> },
    { term: 'Sensitivity', detail: <SensitivityMark sensitivity={resource.sensitivity} /> },
    { term: 'Environment', detail: <EnvironmentTag environment={resource.environment} /> },
    { term: 'Known by', detail: <BasisLine basis={row.basis} /> },
    { term: 'Ends', detail: row.expiresAt ? <ExpiryText expiresAt={row.expiresAt} hasDate /> : 'standing' },
    { term: 'Last used', detail: row.lastUsedAt ? <RelativeTime at={row.lastUsedAt} hasDate /> : null },
    { term: 'First seen here', detail: <RelativeTime at={row.firstSeenAt} hasDate /> },
    { term: 'Last seen', detail: row.lastSeenAt ? <RelativeTime at={row.lastSeenAt} hasDate /> : null },
    { term: 'Told by', detail: <TellerList tellers={row.tellers} /> },
  ]
}
