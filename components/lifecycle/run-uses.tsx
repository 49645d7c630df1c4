'use client'

import { useQuery } from '@tanstack/react-query'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import type { SecretUse } from '@/lib/lifecycle/history'
import { runUseQuery } from '@/lib/lifecycle/queries'
import { formatCount } from '@/lib/platform/browser/format'

/** While an old and a new secret work: who still signs in with which of them, as far as the source can tell. */
export function RunUses({ orgId, runId }: { orgId: string; runId: string }) {
  const { data, error } = useQuery(runUseQuery(orgId, runId))
  if (data && data.sides.length === 0) return null
  return (
    <Section
      title="Who signs in with which"
      detail={
        data ? (
          <>
            asked of the source <RelativeTime at={data.asOf} />, every 10 s while you look
          </>
        ) : undefined
      }
    >
      {error && !data ? <p className="text-sm text-ink-muted">Who uses which is not known: {error.message}</p> : null}
      {!data && !error ? <Skeleton className="h-20 w-full" /> : null}
      <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
        {data?.sides.map((side) => (
          <Side key={side.side} use={side} />
        ))}
      </div>
    </Section>
  )
}

function Side({ use: { side, account, sessions, lastUse, lastUsedAt, says } }: { use: SecretUse }) {
  const title = side === 'old' ? 'The old secret' : 'The new secret'
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="text-sm font-medium">
        {title} <span className="font-normal text-ink-muted">of {account}</span>
      </h3>
      <dl className="mt-1 flex flex-wrap gap-x-10 gap-y-2">
        <div>
          <dt className="text-xs text-ink-muted">signed in now</dt>
          <dd className="tabular text-lg font-medium">
            {sessions === null ? <Unknown /> : sessions.count === 0 ? 'nobody' : formatCount(sessions.count, 'session')}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-ink-muted">last used</dt>
          <dd className="text-lg font-medium">
            {lastUse === 'unknown' ? <Unknown /> : lastUse === 'never' ? 'never' : <RelativeTime at={lastUsedAt} />}
          </dd>
        </div>
      </dl>
      {sessions && sessions.shown.length > 0 ? (
        <ul className="mt-2 flex flex-col gap-0.5 text-xs">
          {sessions.shown.map(({ program, from, since }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sessions have no id, and two may be alike
            <li key={index} className="flex flex-wrap gap-x-2">
              <span className="font-medium">{program ?? 'a program that gives no name'}</span>
              {from ? <span className="font-mono">{from}</span> : null}
              {since && !Number.isNaN(Date.parse(since)) ? (
                <span className="text-ink-muted">
                  since <RelativeTime at={since} />
                </span>
              ) : null}
            </li>
          ))}
          {sessions.count > sessions.shown.length ? (
            <li className="text-ink-muted">and {sessions.count - sessions.shown.length} more</li>
          ) : null}
        </ul>
      ) : null}
      {says ? <p className="mt-1 text-xs text-ink-muted">{says}</p> : null}
    </section>
  )
}

const Unknown = () => <span className="font-normal text-ink-muted italic">not known</span>
