'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useDeferredValue } from 'react'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { Skeleton } from '@/components/ui/skeleton'
import { PreviewSensitivityRuleQuery } from '@/lib/access-graph/edits'
import { sensitivityRulePreviewQuery } from '@/lib/access-graph/queries'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'

interface SensitivityRulePreviewProps {
  orgId: string
  rule: PreviewSensitivityRuleQuery
}

/** What a rule would decide, before it is saved. */
export function SensitivityRulePreview({ orgId, rule }: SensitivityRulePreviewProps) {
  const read = PreviewSensitivityRuleQuery.safeParse(useDeferredValue(rule))
  return read.success ? <Preview orgId={orgId} rule={read.data} /> : null
}

function Preview({ orgId, rule: asked }: SensitivityRulePreviewProps) {
  const { data, error, isFetching } = useQuery(sensitivityRulePreviewQuery(orgId, asked))
  return (
    <section aria-label="What it would decide" className="rounded-md bg-sunken px-3 py-2 text-sm">
      <p role="status" className={isFetching ? 'text-ink-muted' : undefined}>
        {error ? (
          `What it would decide could not be worked out: ${error.message}`
        ) : data ? (
          data.matches === 0 ? (
            'It matches no resource that is known now.'
          ) : (
            <>
              It matches {formatCount(data.matches, 'resource')} and decides {formatNumber(data.decides)} of them
              {data.decides < data.matches ? ' (an earlier rule or a person decides the others)' : ''};{' '}
              {data.changes === 0 ? 'none' : formatNumber(data.changes)} would be another than now.
            </>
          )
        ) : (
          <Skeleton className="my-1 w-3/4" />
        )}
      </p>
      {data && data.samples.length > 0 ? (
        <ul className="mt-1.5 flex max-h-36 flex-col overflow-y-auto">
          {data.samples.map((resource) => (
            <li key={resource.id} className="flex min-h-6 items-center gap-2 text-xs">
              <span className="min-w-0 flex-1 truncate" title={resource.externalId}>
                {resource.name}
              </span>
              <SensitivityMark sensitivity={resource.sensitivity} className="text-ink-muted" />
              <ArrowRight className="size-3 text-ink-faint" aria-label="then" />
              <SensitivityMark sensitivity={asked.sensitivity} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
