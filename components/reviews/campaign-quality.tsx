'use client'

import { useQuery } from '@tanstack/react-query'
import { Flag } from 'lucide-react'
import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { EmptyState } from '@/components/ui/state-block'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { campaignQualityQuery } from '@/lib/reviews/queries'
import type { CampaignQuality, Measures, ReviewerQuality } from '@/lib/reviews/remedies'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { reviewHref } from './review-address'
import { flagLabels } from './review-words'
import { SecondLookDialog } from './second-look-dialog'

/** How the decisions were made: how fast, on what evidence, and whose batch deserves a second look. */
export function CampaignQualityTab({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const { data, error, refetch } = useQuery(campaignQualityQuery(orgId, campaign.id))
  if (error && !data) return <Refusal what="quality" error={error} onRetry={() => void refetch()} />
  if (!data)
    return (
      <div aria-busy="true" className="flex flex-col gap-3 px-4 py-4 md:px-6">
        <Skeleton className="h-16" />
        <Skeleton className="h-32" />
      </div>
    )
  if (data.all.decisions === 0)
    return (
      <EmptyState title="Nothing is signed off yet">
        How fast people decide, whether they look at the evidence, and how often they certify is measured here.
      </EmptyState>
    )
  return <Shown orgId={orgId} campaign={campaign} quality={data} />
}

function Shown({ orgId, campaign, quality }: { orgId: string; campaign: CampaignDetail; quality: CampaignQuality }) {
  const { all, reviewers, flagged, can } = quality
  return (
    <>
      <Section
        title="All decisions"
        detail={formatCount(all.decisions, 'decision')}
        actions={
          flagged > 0 ? (
            <Badge tone="warning" icon={<Flag aria-hidden />}>
              {formatCount(flagged, 'batch', 'batches')} for a second look
            </Badge>
          ) : undefined
        }
      >
        <div className="grid max-w-240 gap-x-10 gap-y-3 md:grid-cols-2">
          <Times measures={all} rules={campaign} />
          <Shares measures={all} rules={campaign} />
        </div>
      </Section>
      <Section title="By reviewer">
        <ul>
          {reviewers.map((reviewer) => (
            <ReviewerBlock
              key={`${reviewer.reviewer} ${reviewer.stage}`}
              {...{ orgId, campaign, reviewer, canLook: can.look }}
            />
          ))}
        </ul>
      </Section>
    </>
  )
}

const secondsWords = (seconds: number | null) =>
  seconds === null ? 'not measured' : seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`

/** The spread of seconds for a decision: from the 10th to the 90th per cent, with the median and the bound. */
function Times({ measures, rules }: { measures: Measures; rules: CampaignDetail }) {
  const { p10Seconds, medianSeconds, p90Seconds } = measures
  const bound = rules.rules.quality.minSeconds
  const isKnown = p10Seconds !== null && medianSeconds !== null && p90Seconds !== null
  const end = Math.max(bound * 2, p90Seconds ?? 0, 1)
  const place = (seconds: number) => `${Math.min(100, (seconds / end) * 100)}%`
  const words = `Half take less than ${secondsWords(medianSeconds)}; most take ${secondsWords(p10Seconds)} to ${secondsWords(p90Seconds)}.`
  return (
    <figure>
      <figcaption className="text-sm font-medium">Time for a decision</figcaption>
      {isKnown ? (
        <div aria-hidden data-mark className="relative my-2 h-3 rounded-xs bg-hover">
          <span
            className="absolute inset-y-0.5 rounded-xs bg-accent-line"
            style={{ left: place(p10Seconds), right: `calc(100% - ${place(p90Seconds)})` }}
          />
          <span className="absolute inset-y-0 w-0.5 bg-accent" style={{ left: place(medianSeconds) }} />
          <span className="absolute -inset-y-1 w-px bg-warning-mark" style={{ left: place(bound) }} />
        </div>
      ) : null}
      <p className="text-sm text-ink-muted">
        {isKnown ? words : 'Not measured.'} The thin line is {bound} s: a median below it is too fast to have looked.
      </p>
    </figure>
  )
}

function Shares({ measures, rules }: { measures: Measures; rules: CampaignDetail }) {
  const { quality } = rules.rules
  const lines = [
    {
      label: 'Certified',
      value: measures.certifiedPercent,
      isBad: (value: number) => value > quality.approveAllPercent,
    },
    {
      label: 'Evidence opened',
      value: measures.openedPercent,
      isBad: (value: number) => value < quality.openedPercent,
    },
    {
      label: 'In the last hour',
      value: measures.nearDeadlinePercent,
      isBad: (value: number) => value > quality.nearDeadlinePercent,
    },
    {
      label: 'The same note',
      value: measures.notes === 0 ? null : measures.identicalNotesPercent,
      isBad: (value: number) => value > quality.identicalNotesPercent,
    },
  ]
  return (
    <ul className="text-sm">
      {lines.map(({ label, value, isBad }) => (
        <li key={label} className="grid h-7 grid-cols-[8.5rem_minmax(2rem,1fr)_6rem] items-center gap-3">
          <span>{label}</span>
          <span aria-hidden data-mark className="h-1.5 overflow-hidden rounded-xs bg-hover">
            <span
              className={cn('block h-full', value !== null && isBad(value) ? 'bg-warning-mark' : 'bg-accent')}
              style={{ width: `${value ?? 0}%` }}
            />
          </span>
          <span className="tabular text-right">
            {value === null ? <span className="text-ink-muted">none</span> : `${Math.round(value)} %`}
          </span>
        </li>
      ))}
    </ul>
  )
}

const lookWords = {
  wanted: 'A second look is wanted.',
  asked: 'A second look was asked for.',
  done: 'A second person has looked.',
}

interface ReviewerBlockProps {
  orgId: string
  campaign: CampaignDetail
  reviewer: ReviewerQuality
  canLook: boolean
}

function ReviewerBlock({ orgId, campaign, reviewer, canLook }: ReviewerBlockProps) {
  const { name, stage, measures, flags, secondLook } = reviewer
  return (
    <li className="border-b py-3 last:border-b-0">
      <details open={flags.length > 0}>
        <summary className="cursor-pointer text-sm">
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1 align-middle">
            <span className="font-medium">{name}</span>
            <span className="text-ink-muted">
              {campaign.stages.length > 1 ? `stage ${stage}, ` : ''}
              {formatCount(measures.decisions, 'decision')}
              {measures.bulkDecisions > 0 ? `, ${formatNumber(measures.bulkDecisions)} in bulk` : ''}, median{' '}
              {secondsWords(measures.medianSeconds)}
            </span>
            {flags.map(({ flag }) => (
              <Badge key={flag} tone="warning" icon={<Flag aria-hidden />}>
                {flagLabels[flag]}
              </Badge>
            ))}
          </span>
        </summary>
        <div className="mt-2 grid max-w-240 gap-x-10 gap-y-3 md:grid-cols-2">
          <Times measures={measures} rules={campaign} />
          <Shares measures={measures} rules={campaign} />
        </div>
        <ul className="mt-2 max-w-[72ch] text-sm">
          {flags.map(({ flag, says }) => (
            <li key={flag} className="text-warning-ink">
              {says}
            </li>
          ))}
          {measures.notIndependent > 0 ? (
            <li>{formatCount(measures.notIndependent, 'decision')} on what is theirs, as the campaign allows.</li>
          ) : null}
          {measures.reversedIn30Days > 0 ? (
            <li>{formatCount(measures.reversedIn30Days, 'decision')} went the other way within 30 days.</li>
          ) : null}
          {secondLook ? (
            <li>
              {lookWords[secondLook.state]}
              {secondLook.verdict === 'stands' ? ` ${secondLook.by}: it stands.` : ''}
              {secondLook.verdict === 'repeat' ? ` ${secondLook.by}: to be reviewed again.` : ''}
              {secondLook.note ? ` “${secondLook.note}”` : ''}
            </li>
          ) : null}
        </ul>
        <p className="mt-2 flex flex-wrap items-center gap-3 text-sm">
          <Link
            href={`${reviewHref(campaign.id, 'items')}&reviewer=${reviewer.reviewer}`}
            className="text-accent-ink hover:underline"
          >
            See what they decided
          </Link>
          {canLook && secondLook?.state !== 'done' && measures.decisions > 0 ? (
            <SecondLookDialog {...{ orgId, campaignId: campaign.id, reviewer: reviewer.reviewer, stage, name }} />
          ) : null}
        </p>
      </details>
    </li>
  )
}
