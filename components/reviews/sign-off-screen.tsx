'use client'

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, PenLine } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { SegmentBar } from '@/components/charts/segment-bar'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { EmptyState } from '@/components/ui/state-block'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { isAppError } from '@/lib/platform/errors'
import { signOffReview } from '@/lib/reviews/actions'
import type { SignOff, SignOffPreview } from '@/lib/reviews/items'
import { campaignQuery, reviewItemsQuery, signOffPreviewQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { decisions } from '@/lib/reviews/values'
import { itemTitle } from './evidence-pane'
import { deskHref, reviewHref } from './review-address'
import { decidedLabels, decisionColours } from './review-words'
import { TimeLeft } from './time-left'

interface SignOffScreenProps {
  orgId: string
  id: string
  first: ActionResult<CampaignDetail>
}

/** What signing off would make final, then the act, then its record. */
export function SignOffScreen({ orgId, id, first }: SignOffScreenProps) {
  const { data: campaign, error, retry } = useLoaded(campaignQuery(orgId, id), first)
  const preview = useQuery({ ...signOffPreviewQuery(orgId, id), staleTime: 0 })
  const [done, setDone] = useState<SignOff>()
  if (!campaign) return <Refusal what="review" error={error} onRetry={retry} />
  return (
    <>
      <PageHeader
        title={done ? 'Signed off' : 'Sign off'}
        eyebrow={
          <>
            <Link href={reviewHref(id)} className="hover:underline">
              {campaign.name}
            </Link>
            <span aria-hidden>/</span>
            <Link href={deskHref(id)} className="hover:underline">
              Review
            </Link>
          </>
        }
      >
        {done ? (
          'Your decisions are final. What they begin is under way.'
        ) : (
          <TimeLeft at={campaign.deadlineAt} timeZone={campaign.timeZone} hasDate />
        )}
      </PageHeader>
      {done ? (
        <Record done={done} id={id} />
      ) : preview.data ? (
        <Preview orgId={orgId} campaign={campaign} preview={preview.data} onDone={setDone} />
      ) : preview.error ? (
        <Refusal what="sign-off" error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <div aria-busy="true" className="flex flex-col gap-3 px-4 py-4 md:px-6">
          <Skeleton className="h-6 w-60" />
          <Skeleton className="h-24" />
        </div>
      )}
    </>
  )
}

interface PreviewProps {
  orgId: string
  campaign: CampaignDetail
  preview: SignOffPreview
  onDone: (done: SignOff) => void
}

function Preview({ orgId, campaign, preview, onDone }: PreviewProps) {
  const { drafted, open, says, refusals, draftHash, can } = preview
  const queries = useQueryClient()
  const [statement, setStatement] = useState('')
  const sign = useMutation({
    mutationFn: () =>
      takeResult(
        signOffReview({
          ...{ id: campaign.id, draftHash },
          ...(statement.trim() ? { statement: statement.trim() } : {}),
        }),
      ),
    onSuccess: onDone,
    // A draft has changed since: what would be signed is shown anew, and nothing was.
    onSettled: () => queries.invalidateQueries({ queryKey: ['reviews', orgId] }),
  })
  if (drafted === 0)
    return (
      <EmptyState
        title="There is nothing to sign off"
        actions={
          <Button asChild variant={open > 0 ? 'primary' : 'secondary'}>
            <Link href={open > 0 ? deskHref(campaign.id) : reviewHref(campaign.id)}>
              {open > 0 ? `Review ${formatNumber(open)}` : 'Open the campaign'}
            </Link>
          </Button>
        }
      >
        {open > 0
          ? `${formatCount(open, 'item waits', 'items wait')} for your decision.`
          : 'You have no drafts in this campaign.'}
      </EmptyState>
    )
  const isChanged = isAppError(sign.error) && sign.error.code === 'precondition_failed'
  return (
    <>
      <Section title="Your decisions" detail={formatCount(drafted, 'draft')}>
        <SegmentBar
          label="Your decisions"
          segments={decisions
            .map((decision) => ({
              id: decision,
              label: decidedLabels[decision],
              value: preview.decisions[decision] ?? 0,
              colour: decisionColours[decision],
            }))
            .filter(({ value }) => value > 0)}
        />
        {open > 0 ? (
          <Alert
            tone="warning"
            className="mt-3"
            title={`${formatCount(open, 'item is', 'items are')} not decided yet`}
            actions={
              <Button asChild>
                <Link href={deskHref(campaign.id)}>Decide them first</Link>
              </Button>
            }
          >
            You can sign off the others now and these later. {campaign.silenceSays}
          </Alert>
        ) : null}
      </Section>
      <Section title="What signing off does">
        <ul className="flex max-w-[72ch] list-disc flex-col gap-1 pl-5 text-sm">
          {says.map((line) => (
            <li key={line}>{line}</li>
          ))}
          <li>
            It is final: you cannot change these decisions afterwards. They stand in the audit trail with their hash.
          </li>
          <li>A draft that is not signed off by the deadline is no decision.</li>
        </ul>
        {taking.map((decision) =>
          (preview.decisions[decision] ?? 0) > 0 ? (
            <Which key={decision} {...{ orgId, id: campaign.id, decision, count: preview.decisions[decision] ?? 0 }} />
          ) : null,
        )}
        {refusals.length > 0 ? (
          <Alert tone="warning" className="mt-3" title="Some of it cannot be signed off by you">
            <ul>
              {refusals.map(({ conflict, items, says: why }) => (
                <li key={conflict}>
                  {formatCount(items, 'item')}: {why}
                </li>
              ))}
            </ul>
          </Alert>
        ) : null}
      </Section>
      <form
        className="flex flex-col gap-4 px-4 py-4 md:px-6"
        onSubmit={(event) => {
          event.preventDefault()
          sign.mutate()
        }}
      >
        <Field label="What you state with it" className="max-w-120" hint="Stands in the report.">
          <Textarea
            rows={2}
            maxLength={1000}
            value={statement}
            onChange={(event) => setStatement(event.target.value)}
          />
        </Field>
        {sign.error ? (
          <Alert
            tone={isChanged ? 'warning' : 'danger'}
            isLive
            title={isChanged ? 'A draft has changed since you looked' : 'It was not signed off'}
          >
            {sign.error.message} {isChanged ? 'What you see now is as it is now.' : ''}
          </Alert>
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            variant="primary"
            size="lg"
            icon={<PenLine aria-hidden />}
            isPending={sign.isPending}
            disabled={!can.signOff}
          >
            Sign off {formatCount(drafted, 'decision')}
          </Button>
          <Button asChild variant="ghost" size="lg">
            <Link href={deskHref(campaign.id)}>Back to the list</Link>
          </Button>
        </div>
      </form>
    </>
  )
}

/** What takes access away. */
const taking = ['revoke', 'reduce'] as const
const mostNames = 50

interface WhichProps {
  orgId: string
  id: string
  decision: (typeof taking)[number]
  count: number
}

/** The names behind a number, before it is final. */
function Which({ orgId, id, decision, count }: WhichProps) {
  const [isOpen, setIsOpen] = useState(false)
  const { data, error } = useInfiniteQuery({
    ...reviewItemsQuery(orgId, id, { whose: 'mine', state: 'drafted', decision, limit: mostNames }),
    enabled: isOpen,
  })
  const items = data?.pages[0]?.items
  return (
    <details className="mt-2 text-sm" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-accent-ink">
        Which {formatNumber(count)} will be {decision === 'revoke' ? 'revoked' : 'reduced'}
      </summary>
      {error ? <p className="mt-1 text-danger-ink">{error.message}</p> : null}
      <ul className="mt-1 columns-1 gap-x-8 sm:columns-2 lg:columns-3">
        {items?.map((item) => (
          <li key={item.no} className="truncate py-0.5">
            <Link href={`${deskHref(id, item.no)}&show=decided`} className="hover:underline" title={itemTitle(item)}>
              {itemTitle(item)}
            </Link>
            {item.credential || item.entitlement ? (
              <span className="text-ink-muted"> of {item.identity.name}</span>
            ) : null}
          </li>
        ))}
      </ul>
      {items && count > items.length ? (
        <p className="text-ink-muted">and {formatNumber(count - items.length)} more</p>
      ) : null}
    </details>
  )
}

function Record({ done, id }: { done: SignOff; id: string }) {
  const takesAway = taking.some((decision) => (done.decisions[decision] ?? 0) > 0)
  return (
    <Section title="What was signed off">
      <p role="status" className="mb-3 flex items-center gap-2 text-sm font-medium text-good-ink">
        <CircleCheck className="size-4" aria-hidden />
        {formatCount(done.items, 'decision is', 'decisions are')} final.
      </p>
      <DescriptionList
        items={[
          { term: 'By', detail: `${done.by}, ${formatDateTime(done.at)}` },
          {
            term: 'Decisions',
            detail: decisions
              .filter((decision) => (done.decisions[decision] ?? 0) > 0)
              .map((decision) => `${decidedLabels[decision]}: ${formatNumber(done.decisions[decision] ?? 0)}`)
              .join(', '),
          },
          ...(done.statement ? [{ term: 'Stated', detail: done.statement }] : []),
          {
            term: 'Hash of the decisions',
            detail: <MiddleTruncate value={done.decisionsHash} keepEnd={12} copyLabel="hash of the decisions" />,
          },
        ]}
      />
      <div className="mt-4 flex flex-wrap gap-2">
        {done.left.open > 0 ? (
          <Button asChild variant="primary">
            <Link href={deskHref(id)}>Review the other {formatNumber(done.left.open)}</Link>
          </Button>
        ) : null}
        <Button asChild>
          <Link href={reviewHref(id, takesAway ? 'remediation' : undefined)}>
            {takesAway ? 'See it carried out' : 'Open the campaign'}
          </Link>
        </Button>
        <Button asChild variant="ghost">
          <Link href="/to-review">What else waits for me</Link>
        </Button>
      </div>
    </Section>
  )
}
