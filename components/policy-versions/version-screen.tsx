'use client'

import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { DescriptionList } from '@/components/ui/description-list'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { versionQuery } from '@/lib/policy-versions/queries'
import type { VersionDetail } from '@/lib/policy-versions/schema'
import { PolicyEditor } from './policy-editor'
import { TestResults } from './test-results'
import { TrialResults } from './trial-results'
import { VersionActions } from './version-actions'
import { shortHash, stateLabels, stateSays } from './version-words'

interface VersionScreenProps {
  orgId: string
  id: string
  first: ActionResult<VersionDetail>
}

/** One version: what is next for it, its text, its tests, and what it would answer otherwise. */
export function VersionScreen({ orgId, id, first }: VersionScreenProps) {
  const { data, error, retry } = useLoaded(versionQuery(orgId, id), first)
  if (!data) return <Refusal what="version" error={error} onRetry={retry} />
  return (
    <>
      <PageHeader
        title={`Version ${data.no}: ${data.title}`}
        eyebrow={
          <Link href="/policies" className="hover:underline">
            Policies
          </Link>
        }
      >
        <span aria-live="polite" className="font-medium">
          {stateLabels[data.state]}.
        </span>{' '}
        {stateSays[data.state]}
      </PageHeader>
      {data.unavailable ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="warning" title="Not possible in this installation">
            {data.unavailable}
          </Alert>
        </div>
      ) : null}
      <VersionActions orgId={orgId} version={data} />
      {data.trials.length > 0 ? (
        <section aria-label="What would differ" className="flex flex-col border-b">
          <h2 className="px-4 pt-4 text-base font-medium md:px-6">What would differ</h2>
          {data.trials.map((trial) => (
            <TrialResults key={trial.id} trial={trial} />
          ))}
        </section>
      ) : null}
      <TestResults test={data.test} />
      <PolicyEditor key={data.revision} orgId={orgId} version={data} />
      <Section title="Facts">
        <Facts version={data} />
      </Section>
    </>
  )
}

function Facts({ version }: { version: VersionDetail }) {
  const { kinds, author, authors, createdAt, review, publishedAt, publishedBy, contentHash, basedOn } = version
  return (
    <DescriptionList
      items={[
        { term: 'Speaks of', detail: kinds.length > 0 ? kinds.join(', ') : 'not tested yet' },
        { term: 'Written by', detail: authors > 1 ? `${author} and ${authors - 1} more` : author },
        { term: 'Begun', detail: <RelativeTime at={createdAt} hasTime /> },
        { term: 'Begun from', detail: basedOn === null ? 'the product’s own policies' : `version ${basedOn}` },
        {
          term: 'Review',
          detail: review ? (
            <>
              {review.by} <RelativeTime at={review.at} hasTime />: {review.note}
            </>
          ) : (
            'nobody yet'
          ),
        },
        {
          term: 'Published',
          detail: publishedAt ? (
            <>
              by {publishedBy} <RelativeTime at={publishedAt} hasTime />
            </>
          ) : (
            'never'
          ),
        },
        { term: 'Hash of the text', detail: <span className="font-mono text-xs">{shortHash(contentHash)}</span> },
      ]}
    />
  )
}
