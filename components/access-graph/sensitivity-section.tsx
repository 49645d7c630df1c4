'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import type { SensitivityChange } from '@/lib/access-graph/blast-radius'
import { sensitivityHistoryQuery } from '@/lib/access-graph/queries'
import { SensitivityChangeDialog } from './sensitivity-change-dialog'
import { originWords } from './sensitivity-words'

interface SensitivitySectionProps {
  orgId: string
  resource: { id: string; name: string }
}

/** How sensitive a resource is, who says so, and every change of that. */
export function SensitivitySection({ orgId, resource }: SensitivitySectionProps) {
  const { data, error, refetch } = useQuery(sensitivityHistoryQuery(orgId, resource.id))
  const [isOpen, setIsOpen] = useState(false)
  if (error) return <Refusal what="sensitivity" error={error} onRetry={() => void refetch()} />
  return (
    <Section
      title="Sensitivity"
      actions={
        data?.can.set ? (
          <Button size="sm" onClick={() => setIsOpen(true)}>
            Change…
          </Button>
        ) : null
      }
    >
      {data ? (
        <p className="text-sm">
          <SensitivityMark sensitivity={data.current} className="font-medium" />
          <span className="text-ink-muted">, {originWords(data.by, data.changes[0])}</span>
        </p>
      ) : (
        <div aria-busy className="flex h-5 items-center">
          <Skeleton className="w-3/4" />
        </div>
      )}
      {data && data.changes.length > 0 ? (
        <>
          <h3 className="mt-3 mb-1 text-xs text-ink-muted">History</h3>
          <ol aria-label="History of its sensitivity" className="flex flex-col">
            {data.changes.map((change) => (
              <ChangeLine key={`${change.at} ${change.by} ${change.after}`} change={change} />
            ))}
          </ol>
        </>
      ) : null}
      {data && isOpen ? (
        <SensitivityChangeDialog
          orgId={orgId}
          resource={resource}
          current={data.current}
          isByHand={data.by === 'hand'}
          onClose={() => setIsOpen(false)}
        />
      ) : null}
    </Section>
  )
}

const words: Record<SensitivityChange['by'], string> = { hand: 'said by', rule: 'by the rule', source: 'by the source' }

function ChangeLine({ change }: { change: SensitivityChange }) {
  const { at, before, after, by, who, reason } = change
  return (
    <li className="flex flex-col gap-0.5 border-b py-1.5 text-sm last:border-b-0">
      <span className="flex flex-wrap items-center gap-x-2">
        <SensitivityMark sensitivity={before} className="text-ink-muted" />
        <ArrowRight className="size-3.5 text-ink-faint" aria-label="then" />
        <SensitivityMark sensitivity={after} />
      </span>
      <span className="text-xs text-ink-muted">
        {words[by]} {who}, <RelativeTime at={at} hasDate />
      </span>
      {reason ? <span className="text-xs [overflow-wrap:anywhere]">“{reason}”</span> : null}
    </li>
  )
}
