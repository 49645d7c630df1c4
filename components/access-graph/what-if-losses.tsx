'use client'

import { ArrowRight, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { RelativeTime } from '@/components/ui/relative-time'
import type { WhatIf } from '@/lib/access-graph/blast-radius'
import type { Level } from '@/lib/access-graph/score'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { NodeName } from './node-name'
import { lastCredentialWords } from './what-if-lines'

const firstShown = 8
const recentMs = 30 * 86_400_000
const row = 'flex min-h-row flex-wrap items-center gap-x-3 gap-y-0.5 border-b py-1 last:border-b-0'

interface LeavesProps<Item> {
  label: string
  items: Item[]
  /** How many there are, listed or not. */
  total: number
  children: (item: Item) => ReactNode
}

function Leaves<Item>({ label, items, total, children }: LeavesProps<Item>) {
  const [isAll, setIsAll] = useState(false)
  const shown = isAll ? items : items.slice(0, firstShown)
  return (
    <>
      <ul aria-label={label} className="flex flex-col">
        {shown.map(children)}
      </ul>
      {items.length > firstShown ? (
        <Button variant="ghost" size="sm" className="mt-1 -ml-2 self-start" onClick={() => setIsAll(!isAll)}>
          {isAll ? `Show the first ${firstShown}` : `Show ${formatNumber(items.length)}`}
        </Button>
      ) : null}
      {total > items.length ? (
        <p className="mt-1 text-xs text-ink-muted">
          The first {formatNumber(items.length)} of {formatNumber(total)} are listed.
        </p>
      ) : null}
    </>
  )
}

/** What it would no longer reach, or only at a lower privilege. */
export function WhatIfLost({ data }: { data: WhatIf }) {
  const { lost, lostTotal } = data
  const last = lastCredentialWords(data)
  const notice = last ? (
    <Alert tone="warning" title={last.title}>
      {last.detail}
    </Alert>
  ) : null
  // That it keeps everything would be true of what is granted alone.
  if (last && lostTotal === 0) return notice
  return (
    <div className="flex flex-col gap-2">
      {notice}
      <h3 className="text-sm font-medium">
        {last ? 'Whatever it signs in with, it' : 'It'} would lose access to {formatCount(lostTotal, 'resource')}
      </h3>
      {lostTotal === 0 ? (
        <p className="text-sm text-ink-muted">Everything stays within its reach, by other ways too.</p>
      ) : (
        <Leaves label="Resources that it would lose" items={lost} total={lostTotal}>
          {({ resource, before, after, lastUsedAt }) => (
            <li key={resource.id} className={row}>
              <NodeName node={{ type: 'resource', ...resource }} className="flex-1 basis-48" />
              <span className="inline-flex items-center gap-1.5">
                <PrivilegeMark privilege={privilegeOf(before)} />
                <ArrowRight className="size-3 text-ink-faint" aria-label="becomes" />
                {after === null ? (
                  <span className="text-ink-muted">none</span>
                ) : (
                  <PrivilegeMark privilege={privilegeOf(after)} />
                )}
              </span>
              <span className="w-24 text-xs whitespace-nowrap">
                {resource.sensitivity ? null : <span className="text-ink-muted italic sm:sr-only">sensitivity </span>}
                <SensitivityMark sensitivity={resource.sensitivity} />
              </span>
              <LastUse at={lastUsedAt} />
            </li>
          )}
        </Leaves>
      )}
    </div>
  )
}

const privilegeOf = (level: Level) => (level === 'unknown' ? undefined : level)

/** Who else would lose access by the same changes, and whether they use it. */
export function WhatIfLosers({ data }: { data: WhatIf }) {
  const { losers, losersTotal, areLosersComplete } = data
  return (
    <div>
      <h3 className="text-sm font-medium">
        {losersTotal === 0
          ? 'Nobody else would lose access'
          : `${areLosersComplete ? '' : 'At least '}${formatCount(losersTotal, 'other', 'others')} would lose access too`}
      </h3>
      {areLosersComplete ? null : (
        <p className="text-sm text-warning-ink">
          Too many use these ways to look at all of them: only the nearest were.
        </p>
      )}
      {losersTotal === 0 && !areLosersComplete ? null : losersTotal === 0 ? (
        <p className="text-sm text-ink-muted">
          No other identity or workload reaches a resource by what would be changed alone.
        </p>
      ) : (
        <>
          <p className="text-xs text-ink-muted">
            The most lately used first, by whichever way. Ask who answers for them before anything is cut.
          </p>
          <Leaves label="Who else would lose access" items={losers} total={losersTotal}>
            {({ node, lostResources, lastUsedAt, ownerLabel }) => (
              <li key={node.id ?? node.externalId} className={row}>
                <NodeName node={node} className="flex-1 basis-48" />
                <span className="tabular text-xs">{formatCount(lostResources, 'resource')}</span>
                <span className="max-w-40 truncate text-xs text-ink-muted">
                  {ownerLabel ?? <span className="text-warning-ink">nobody answers for it</span>}
                </span>
                <LastUse at={lastUsedAt} />
              </li>
            )}
          </Leaves>
        </>
      )}
    </div>
  )
}

/** When a way was last used; what was used lately will be missed. */
function LastUse({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return <span className="w-32 text-right text-xs text-ink-muted italic">use not known</span>
  const isRecent = now - Date.parse(at) < recentMs
  return (
    <span className="inline-flex w-32 items-center justify-end gap-1 text-xs text-ink-muted">
      {isRecent ? <TriangleAlert className="size-3.5 text-warning-ink" aria-label="in use:" /> : null}
      used <RelativeTime at={at} />
    </span>
  )
}
