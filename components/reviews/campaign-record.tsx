'use client'

import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import Link from 'next/link'
import { SegmentBar } from '@/components/charts/segment-bar'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code'
import { DescriptionList } from '@/components/ui/description-list'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Section } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { formatCount, formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import {
  campaignProgressQuery,
  campaignQualityQuery,
  campaignRecordQuery,
  isEnded,
  reportAddress,
} from '@/lib/reviews/queries'
import type { CampaignRecord as Standing } from '@/lib/reviews/remedies'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { type CampaignState, outcomes } from '@/lib/reviews/values'
import { decidedLabels, decisionColours, inZone, itemNoun, stateLabels, strategyLabels } from './review-words'

const files = [
  { format: 'pdf', label: 'PDF', says: 'to read and to print' },
  { format: 'csv', label: 'CSV', says: 'every item, for a spreadsheet' },
  { format: 'json', label: 'JSON', says: 'everything, to be verified' },
] as const

const hasReport: readonly CampaignState[] = ['remediating', 'verifying', 'closed_effective', 'closed_with_exceptions']

const eventWords: Record<Standing['events'][number]['action'], string> = {
  'review.campaign.launch': 'Launched',
  'review.campaign.close': 'Closed',
  'review.campaign.cancel': 'Cancelled',
  'review.report': 'Report handed out',
}

/** By what others see that the record was not changed afterwards: its places in the chain of events, and who signs for them. */
function InTheLog({ standing: { events, reports, keyFingerprint } }: { standing: Standing }) {
  const listed = events.filter(({ action }) => action === 'review.report').length
  return (
    <Section title="In the audit log" detail="every event holds the hash of the one before it">
      <ul className="text-sm">
        {events.map(({ seq, hash, action, at, by, reportHead, signedAt }) => (
          <li
            key={seq}
            className="grid gap-x-6 gap-y-0.5 border-b py-1.5 last:border-b-0 md:grid-cols-[11rem_minmax(0,1fr)_minmax(0,1fr)]"
          >
            <span>
              {eventWords[action]}
              <span className="block text-xs text-ink-muted">
                {formatDateTime(at)}, {by}
              </span>
            </span>
            <span className="min-w-0">
              <Link href={`/audit?event=${seq}`} className="tabular text-accent-ink hover:underline">
                Event {formatNumber(seq)}
              </Link>
              <MiddleTruncate value={hash} keepEnd={12} copyLabel={`hash of event ${seq}`} className="text-ink-muted" />
            </span>
            {reportHead ? (
              <span className="min-w-0">
                {signedAt ? `Checkpoint signed ${formatDateTime(signedAt)}` : 'No checkpoint was signed'}
                <MiddleTruncate
                  value={reportHead}
                  keepEnd={12}
                  copyLabel="end of the report’s chain"
                  className="text-ink-muted"
                />
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {reports > listed ? (
        <p className="mt-1 text-sm text-ink-muted">
          And {formatCount(reports - listed, 'earlier report')}, in the audit log.
        </p>
      ) : null}
      <DescriptionList
        className="mt-2"
        items={[
          {
            term: 'Key that signs here',
            detail: <MiddleTruncate value={keyFingerprint} keepEnd={12} copyLabel="fingerprint of the key" />,
          },
        ]}
      />
      <p className="mt-1 max-w-[72ch] text-sm text-ink-muted">
        Whoever verifies a report is told the fingerprint of the key that signed it. It is this one, or the report is of
        another installation.
      </p>
    </Section>
  )
}

/** What is kept of a campaign: its terms, what was frozen, what came of it, and the files by which others can check it. */
export function CampaignRecord({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const progress = useQuery(campaignProgressQuery(orgId, campaign.id)).data
  const quality = useQuery(campaignQualityQuery(orgId, campaign.id)).data
  const { freeze, can } = campaign
  const standing = useQuery(campaignRecordQuery(orgId, campaign.id, can.download)).data
  return (
    <>
      <Section
        title="Report"
        detail={!can.download || isEnded(campaign.state) ? undefined : 'not final before the campaign closes'}
      >
        {can.download ? (
          <>
            <ul className="flex flex-wrap gap-x-6 gap-y-3">
              {files.map(({ format, label, says }) => (
                <li key={format} className="flex items-center gap-2 text-sm">
                  <Button asChild>
                    <a href={reportAddress(campaign.id, format)} download>
                      <Download aria-hidden />
                      {label}
                    </a>
                  </Button>
                  <span className="text-ink-muted">{says}</span>
                </li>
              ))}
            </ul>
            <p className="mt-3 max-w-[72ch] text-sm text-ink-muted">
              Whoever has the JSON file can check it without Bailiwick’s server: every decision, the evidence, and the
              place in the audit log. One changed byte is found.
            </p>
            <CodeBlock
              label="How the report is verified"
              code="npm run -s review:verify -- report.json"
              className="mt-2 max-w-[72ch]"
            />
          </>
        ) : (
          <p className="text-sm text-ink-muted">
            {hasReport.includes(campaign.state)
              ? 'Your role does not download reports. Ask an auditor or an administrator.'
              : campaign.state === 'cancelled'
                ? 'A campaign that was cancelled has no report. What was decided stands with its items.'
                : 'It is made when every item has its outcome: as PDF, as CSV, and as JSON that anybody can verify.'}
          </p>
        )}
      </Section>
      {standing ? <InTheLog standing={standing} /> : null}
      <Section title="What was frozen">
        {freeze ? (
          <DescriptionList
            items={[
              { term: 'When', detail: `${formatDateTime(freeze.at)}, by ${freeze.by}` },
              { term: 'Items', detail: formatCount(campaign.counts.items, ...itemNoun(campaign.level)) },
              {
                term: 'Hash of the population',
                detail: (
                  <MiddleTruncate value={freeze.populationHash} keepEnd={12} copyLabel="hash of the population" />
                ),
              },
              {
                term: 'Hash of the evidence',
                detail: <MiddleTruncate value={freeze.evidenceHash} keepEnd={12} copyLabel="hash of the evidence" />,
              },
            ]}
          />
        ) : (
          <p className="text-sm text-ink-muted">Nothing is frozen before the launch.</p>
        )}
      </Section>
      <Section title="What came of it" detail={stateLabels[campaign.state]}>
        {progress ? (
          <SegmentBar
            label="Outcomes"
            segments={[
              ...outcomes.map((outcome) => ({
                id: outcome,
                label: decidedLabels[outcome],
                value: progress.outcomes[outcome] ?? 0,
                colour: decisionColours[outcome],
              })),
              { id: 'open', label: 'No outcome', value: progress.counts.open, colour: 'bg-line-strong/40' },
            ].filter(({ value }) => value > 0)}
          />
        ) : (
          <div aria-busy="true">
            <Skeleton className="h-8" />
          </div>
        )}
        {quality ? (
          <p className="mt-2 text-sm text-ink-muted">
            {quality.flagged > 0
              ? `${formatNumber(quality.flagged)} of ${formatCount(quality.reviewers.length, 'batch', 'batches')} were marked for a second look.`
              : 'No batch was marked for a second look.'}
          </p>
        ) : null}
      </Section>
      <Section title="Its terms">
        <DescriptionList
          items={[
            { term: 'Covers', detail: campaign.scopeSays },
            { term: 'Silence', detail: campaign.silenceSays },
            ...campaign.stages.map(({ no, name, strategy, deadlineAt, endedAt }) => ({
              term: `Stage ${no}`,
              detail: `${name}. ${strategyLabels[strategy]}. ${
                endedAt
                  ? `Ended ${inZone(endedAt, campaign.timeZone)}.`
                  : deadlineAt
                    ? `Ends ${inZone(deadlineAt, campaign.timeZone)}.`
                    : ''
              }`,
            })),
            { term: 'Made by', detail: `${campaign.createdBy}, ${formatDateTime(campaign.createdAt)}` },
            {
              term: 'Launched',
              detail: campaign.launchedAt ? formatDateTime(campaign.launchedAt) : 'not yet',
            },
            { term: 'Closed', detail: campaign.closedAt ? formatDateTime(campaign.closedAt) : 'not yet' },
          ]}
        />
      </Section>
    </>
  )
}
