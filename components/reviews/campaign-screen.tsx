'use client'

import { useQuery } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import Link from 'next/link'
import { lazy, type ReactNode, Suspense } from 'react'
import { Button } from '@/components/ui/button'
import { LinkTabs } from '@/components/ui/link-tabs'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { toneInk } from '@/components/ui/tone'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatNumber } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { campaignQuery, isEnded, myReviewsQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { CampaignActions } from './campaign-actions'
import { summaryTones } from './campaign-columns'
import { CampaignProgressTab } from './campaign-progress'
import { type CampaignTab, campaignPageParsers, campaignTabs, deskHref, reviewHref } from './review-address'
import { itemNoun, templateLabels } from './review-words'
import { TimeLeft } from './time-left'

/** Fetched with the tab that shows it. */
const CampaignBuilder = lazy(() => import('./campaign-builder').then((module) => ({ default: module.CampaignBuilder })))
const ItemExplorer = lazy(() => import('./item-explorer').then((module) => ({ default: module.ItemExplorer })))
const CampaignRemedies = lazy(() =>
  import('./campaign-remedies').then((module) => ({ default: module.CampaignRemedies })),
)
const CampaignQualityTab = lazy(() =>
  import('./campaign-quality').then((module) => ({ default: module.CampaignQualityTab })),
)
const CampaignRecord = lazy(() => import('./campaign-record').then((module) => ({ default: module.CampaignRecord })))

interface CampaignScreenProps {
  orgId: string
  id: string
  first: ActionResult<CampaignDetail>
}

const tabLabels: Record<CampaignTab, string> = {
  progress: 'Progress',
  items: 'Items',
  remediation: 'Carried out',
  quality: 'Quality',
  record: 'Record',
}

/** Before its launch it can be changed. */
const isDraft = ({ state }: CampaignDetail) => state === 'draft' || state === 'blocked'

/** One campaign: the builder while it is a draft, then what goes on, and at the end what is kept of it. */
export function CampaignScreen({ orgId, id, first }: CampaignScreenProps) {
  const { data: campaign, error, retry } = useLoaded(campaignQuery(orgId, id), first)
  const [{ tab }] = useAddress(campaignPageParsers)
  if (!campaign) return <Refusal what="campaign" error={error} onRetry={retry} />
  const shown = isDraft(campaign) ? undefined : tab
  return (
    <>
      <PageHeader
        title={campaign.name}
        eyebrow={
          <>
            <Link href="/reviews" className="hover:underline">
              Reviews
            </Link>
            {campaign.template === 'custom' ? null : (
              <>
                <span aria-hidden>/</span>
                {templateLabels[campaign.template]}
              </>
            )}
          </>
        }
        actions={<HeaderActions orgId={orgId} campaign={campaign} />}
        tabs={
          shown ? (
            <LinkTabs
              label={`Views of ${campaign.name}`}
              tabs={campaignTabs.map((each) => ({
                href: reviewHref(id, each === 'progress' ? undefined : each),
                label: tabLabels[each],
                isCurrent: each === shown,
                count: each === 'items' ? campaign.counts.items : undefined,
              }))}
            />
          ) : undefined
        }
      >
        <span className={toneInk[summaryTones[campaign.tone]]}>{campaign.headline}</span>{' '}
        {campaign.state === 'active' ? (
          <TimeLeft at={campaign.deadlineAt} timeZone={campaign.timeZone} hasDate />
        ) : null}
        <span className="block">
          {campaign.description ? `${campaign.description} ` : ''}
          {campaign.scopeSays}
          {campaign.trigger ? ` Begun by itself: ${campaign.trigger.says}` : ''}
        </span>
      </PageHeader>
      <Suspense fallback={<Waiting />}>
        {shown ? <Tab tab={shown} orgId={orgId} campaign={campaign} /> : <Draft orgId={orgId} campaign={campaign} />}
      </Suspense>
    </>
  )
}

function Draft({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  if (campaign.can.update)
    return <CampaignBuilder key={`${campaign.id} ${campaign.version}`} orgId={orgId} from={{ campaign }} />
  return (
    <p className="px-4 py-4 text-sm text-ink-muted md:px-6">
      It is a draft of {campaign.createdBy}. Nobody was asked anything yet.
    </p>
  )
}

function Tab({ tab, orgId, campaign }: { tab: CampaignTab; orgId: string; campaign: CampaignDetail }): ReactNode {
  const props = { orgId, campaign }
  if (tab === 'items') return <ItemExplorer {...props} />
  if (tab === 'remediation') return <CampaignRemedies {...props} />
  if (tab === 'quality') return <CampaignQualityTab {...props} />
  if (tab === 'record') return <CampaignRecord {...props} />
  return <CampaignProgressTab {...props} />
}

function Waiting() {
  return (
    <div aria-busy="true" className="flex flex-col gap-3 px-4 py-4 md:px-6">
      <Skeleton className="h-6 w-60" />
      <Skeleton className="h-40" />
    </div>
  )
}

function HeaderActions({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const mine = useQuery({ ...myReviewsQuery(orgId), enabled: !isEnded(campaign.state) }).data?.items
  const own = mine?.find((each) => each.campaign.id === campaign.id)
  return (
    <>
      {own ? (
        <Button asChild variant={own.open + own.drafted > 0 ? 'primary' : 'secondary'}>
          <Link href={deskHref(campaign.id)}>
            <ListChecks aria-hidden />
            {own.open > 0
              ? `Review my ${formatNumber(own.open)} ${itemNoun(campaign.level)[own.open === 1 ? 0 : 1]}`
              : 'My items'}
          </Link>
        </Button>
      ) : null}
      <CampaignActions orgId={orgId} campaign={campaign} />
    </>
  )
}
