'use client'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { SegmentBar } from '@/components/charts/segment-bar'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { campaignProgressQuery, campaignReviewersQuery, isEnded } from '@/lib/reviews/queries'
import type { CampaignDetail, CampaignProgress, CampaignReviewer } from '@/lib/reviews/schema'
import { decisions, outcomes } from '@/lib/reviews/values'
import { useServerNow } from '../lifecycle/use-server-now'
import { HandOutDialog } from './hand-out-dialog'
import { reviewHref } from './review-address'
import { decidedLabels, decisionColours, decisionLabels, inZone, itemNoun, wayLabels } from './review-words'

interface TabProps {
  orgId: string
  campaign: CampaignDetail
}

/** How far it is: settled and open, what came of it, stage by stage, reviewer by reviewer. */
export function CampaignProgressTab({ orgId, campaign }: TabProps) {
  const { data, error, refetch } = useQuery(campaignProgressQuery(orgId, campaign.id))
  if (error && !data) return <Refusal what="progress" error={error} onRetry={() => void refetch()} />
  if (!data)
    return (
      <div aria-busy="true" className="flex flex-col gap-4 px-4 py-4 md:px-6">
        <Skeleton className="h-20" />
        <Skeleton className="h-40" />
      </div>
    )
  return (
    <>
      <Overall campaign={campaign} progress={data} />
      {data.counts.unassignable > 0 ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert
            tone="warning"
            title={`${formatCount(data.counts.unassignable, 'item has', 'items have')} no reviewer`}
            actions={
              <>
                <Button asChild>
                  <Link href={`${reviewHref(campaign.id, 'items')}&reviewer=0`}>See them</Link>
                </Button>
                {campaign.can.assign ? (
                  <HandOutDialog orgId={orgId} campaignId={campaign.id} from={0} name="nobody" />
                ) : null}
              </>
            }
          >
            Nobody was found who may certify them. Unless you hand them out, silence decides at the deadline.
          </Alert>
        </div>
      ) : null}
      <Stages campaign={campaign} progress={data} />
      <Reviewers orgId={orgId} campaign={campaign} />
    </>
  )
}

function Overall({ campaign, progress }: { campaign: CampaignDetail; progress: CampaignProgress }) {
  const { counts } = progress
  const came = outcomes.map((outcome) => ({
    id: outcome,
    label: decidedLabels[outcome],
    value: progress.outcomes[outcome] ?? 0,
    colour: decisionColours[outcome],
    href: `${reviewHref(campaign.id, 'items')}&outcome=${outcome}`,
  }))
  const segments = [
    ...came.filter(({ value }) => value > 0),
    {
      id: 'open',
      label: 'No outcome yet',
      value: counts.open,
      colour: 'bg-line-strong/40',
      href: `${reviewHref(campaign.id, 'items')}&state=open`,
    },
  ]
  return (
    <Section
      title="What came of it"
      detail={`${formatNumber(counts.settled)} of ${formatCount(counts.items, ...itemNoun(campaign.level))} settled`}
      actions={<Clock campaign={campaign} progress={progress} />}
    >
      <SegmentBar label="Outcomes" segments={segments.filter(({ id, value }) => id !== 'open' || value > 0)} />
      {counts.open > 0 && !isEnded(campaign.state) ? (
        <p className="mt-2 max-w-[72ch] text-sm text-ink-muted">{campaign.silenceSays}</p>
      ) : null}
    </Section>
  )
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** `3 d 4 h`, `12 min 5 s`: the two largest units. */
function leftWords(seconds: number): string {
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return '0 s'
  let rest = Math.floor(seconds)
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return `${count} ${unit}`
    })
    .join(' ')
}

function Clock({ campaign, progress }: { campaign: CampaignDetail; progress: CampaignProgress }) {
  const isRunning = campaign.state === 'active' && progress.deadlineAt !== null
  const now = useServerNow(progress.asOf, isRunning)
  if (!isRunning || progress.deadlineAt === null) return null
  const seconds = (Date.parse(progress.deadlineAt) - now) / 1000
  return (
    <p role="timer" aria-live="off" className="text-sm sm:text-right">
      <span className={cn('tabular text-base font-medium', seconds < 172_800 && 'text-warning-ink')}>
        {seconds <= 0 ? 'deadline passed' : leftWords(seconds)}
      </span>{' '}
      <span className="text-ink-muted">{seconds <= 0 ? '' : 'left'}</span>
    </p>
  )
}

function stageSays(
  { no, state, deadlineAt }: CampaignProgress['stages'][number],
  { stages, timeZone }: CampaignDetail,
): string {
  const endedAt = stages.find((each) => each.no === no)?.endedAt
  if (state === 'done') return endedAt ? `ended ${inZone(endedAt, timeZone)}` : 'ended'
  return `${state === 'active' ? 'under way' : 'not begun'}${deadlineAt ? `, until ${inZone(deadlineAt, timeZone)}` : ''}`
}

function Stages({ campaign, progress }: { campaign: CampaignDetail; progress: CampaignProgress }) {
  return (
    <Section title="Stages">
      <ol className="flex flex-col gap-4">
        {progress.stages.map((stage) => {
          const decided = stage.assigned - stage.open
          return (
            <li key={stage.no} aria-label={stage.name} className="grid gap-x-8 gap-y-2 md:grid-cols-[14rem_1fr]">
              <div className="text-sm">
                <p className="font-medium">
                  {stage.no}. {stage.name}
                </p>
                <p className="text-ink-muted">{stageSays(stage, campaign)}</p>
              </div>
              {stage.assigned === 0 ? (
                <p className="text-sm text-ink-muted">Nothing is asked in it yet.</p>
              ) : (
                <div className="flex flex-col gap-2">
                  <Progress
                    label="Decided"
                    value={decided}
                    max={stage.assigned}
                    detail={`${formatNumber(stage.signed)} signed off, ${formatNumber(stage.drafted)} drafts, ${formatNumber(stage.open)} open`}
                  />
                  {stage.open < stage.assigned ? (
                    <SegmentBar
                      label={`Decisions in ${stage.name}`}
                      segments={decisions
                        .map((decision) => ({
                          id: decision,
                          label: decisionLabels[decision],
                          value: stage.decisions[decision] ?? 0,
                          colour: decisionColours[decision],
                          href: `${reviewHref(campaign.id, 'items')}&stage=${stage.no}&decision=${decision}`,
                        }))
                        .filter(({ value }) => value > 0)}
                    />
                  ) : null}
                </div>
              )}
            </li>
          )
        })}
      </ol>
    </Section>
  )
}

function Reviewers({ orgId, campaign }: TabProps) {
  const reviewers = useInfiniteQuery({
    ...campaignReviewersQuery(orgId, campaign.id),
    refetchInterval: isEnded(campaign.state) ? false : 10_000,
  })
  const { data, error, hasNextPage, isFetchingNextPage } = reviewers
  const all = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title="Reviewers" detail="those with the most open first">
      {error && !data ? (
        <Refusal what="reviewers" error={error} onRetry={() => void reviewers.refetch()} />
      ) : !data ? (
        <div aria-busy="true">
          <Skeleton className="h-24" />
        </div>
      ) : (
        <ul>
          {all.map((reviewer) => (
            <ReviewerLine key={reviewer.no} orgId={orgId} campaign={campaign} reviewer={reviewer} />
          ))}
        </ul>
      )}
      {hasNextPage ? (
        <Button className="mt-2" isPending={isFetchingNextPage} onClick={() => void reviewers.fetchNextPage()}>
          Show more reviewers
        </Button>
      ) : null}
    </Section>
  )
}

function ReviewerLine({ orgId, campaign, reviewer }: TabProps & { reviewer: CampaignReviewer }) {
  const { no, name, kind, way, isGone, assigned, open, drafted, signed, lastActAt, signedOffAt } = reviewer
  const parts = [
    ...decisions.map((decision) => ({
      id: decision,
      value: reviewer.decisions[decision] ?? 0,
      colour: decisionColours[decision],
      label: decisionLabels[decision],
    })),
    { id: 'open', value: open, colour: 'bg-hover', label: 'Open' },
  ].filter(({ value }) => value > 0)
  return (
    <li className="grid items-center gap-x-6 gap-y-1 border-b py-2 text-sm last:border-b-0 md:grid-cols-[14rem_minmax(8rem,1fr)_16rem_auto]">
      <span className="min-w-0">
        <Link
          href={`${reviewHref(campaign.id, 'items')}&reviewer=${no}`}
          className="font-medium break-words hover:underline"
        >
          {kind === 'nobody' ? 'Without a reviewer' : name}
        </Link>
        <span className="block text-xs text-ink-muted">
          {kind === 'team' ? 'team, ' : ''}
          {wayLabels[way]}
          {isGone ? <span className="text-warning-ink">, left since</span> : null}
        </span>
      </span>
      <span
        aria-hidden
        data-mark
        title={parts.map(({ label, value }) => `${label}: ${formatNumber(value)}`).join(', ')}
        className="flex h-2 gap-px overflow-hidden rounded-xs bg-hover"
      >
        {parts.map(({ id, value, colour }) => (
          <span key={id} className={cn('min-w-1', colour)} style={{ flexGrow: value, flexBasis: 0 }} />
        ))}
      </span>
      <span className="tabular text-ink-muted">
        {formatNumber(signed)} signed, {formatNumber(drafted)} drafts, {formatNumber(open)} of {formatNumber(assigned)}{' '}
        open
        <span className="block text-xs">
          {signedOffAt ? (
            <>
              signed off <RelativeTime at={signedOffAt} />
            </>
          ) : lastActAt ? (
            <>
              last decision <RelativeTime at={lastActAt} />
            </>
          ) : kind === 'nobody' ? (
            ''
          ) : (
            'has not begun'
          )}
        </span>
      </span>
      {campaign.can.assign && open + drafted > 0 ? (
        <HandOutDialog orgId={orgId} campaignId={campaign.id} from={no} name={kind === 'nobody' ? 'nobody' : name} />
      ) : null}
    </li>
  )
}
