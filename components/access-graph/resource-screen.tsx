'use client'

import { useQuery } from '@tanstack/react-query'
import { Box, Route } from 'lucide-react'
import Link from 'next/link'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { PageHeader, Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { pathsHref } from '@/lib/access-graph/filters'
import { reachersQuery, resourceQuery } from '@/lib/access-graph/queries'
import type { ResourceDetail } from '@/lib/access-graph/schema'
import { levels } from '@/lib/access-graph/score'
import { formatCount, formatDate, formatWord } from '@/lib/platform/browser/format'
import { kindLabel, shareWords } from './explore-words'
import { JewelButton } from './jewel-button'
import { ResourceReachers } from './resource-reachers'
import { SensitivitySection } from './sensitivity-section'

interface ResourceScreenProps {
  orgId: string
  first: ResourceDetail
}

/** The page of one resource: what it is, who can reach it and by which way, and how much it is worth protecting. */
export function ResourceScreen({ orgId, first }: ResourceScreenProps) {
  const { data: resource = first } = useQuery({ ...resourceQuery(orgId, first.id), initialData: first })
  const { id, name, kind, externalId, goneAt } = resource
  return (
    <>
      <PageHeader
        eyebrow={
          <>
            <Box aria-hidden />
            {kindLabel(kind)}
            <span aria-hidden>·</span>
            <Link href="/resources" className="hover:underline">
              Resources
            </Link>
          </>
        }
        title={name}
        identifier={externalId === name ? undefined : externalId}
        actions={
          <>
            <Button asChild>
              <Link href={pathsHref({ end: id })}>
                <Route aria-hidden />
                Find paths to it
              </Link>
            </Button>
            <JewelButton orgId={orgId} node={{ id, name }} />
          </>
        }
      >
        {goneAt ? 'It is gone from its source: nobody reaches it any more.' : <ReachSentence orgId={orgId} id={id} />}
      </PageHeader>
      {goneAt ? (
        <Alert tone="notice" title="Its source no longer tells of it" className="mx-4 mt-3 md:mx-6">
          It was last known until {formatDate(goneAt)}. What is shown is what was known then.
        </Alert>
      ) : null}
      <div className="grid grid-cols-1 lg:grid-cols-[minmax(0,1fr)_22rem]">
        {goneAt ? (
          <EmptyState title="Nobody reaches it any more">
            It is gone from its source. The audit trail and the histories of identities keep what was known of it.
          </EmptyState>
        ) : (
          <ResourceReachers orgId={orgId} resource={{ id, name }} />
        )}
        <div className="max-lg:border-t lg:border-l">
          <SensitivitySection orgId={orgId} resource={{ id, name }} />
          <ResourceFacts resource={resource} />
        </div>
      </div>
    </>
  )
}

/** How many can reach it, which share of all that is, and how strong the strongest are. */
function ReachSentence({ orgId, id }: { orgId: string; id: string }) {
  const { data, error } = useQuery(reachersQuery(orgId, id, { at: 0, limit: 50 }))
  if (error) return 'Who can reach it could not be worked out.'
  if (!data) return 'Working out who can reach it…'
  const all = data.counts.reduce((sum, count) => sum + count, 0)
  if (all === 0) return 'No identity that is known here can reach it.'
  const admins = data.counts[levels.indexOf('admin')] ?? 0
  return `${formatCount(all, 'identity', 'identities')} can reach it, ${shareWords(data.exposure)} of all${
    admins > 0 ? `; ${formatCount(admins, 'of them administers', 'of them administer')} it` : ''
  }.`
}

function ResourceFacts({ resource }: { resource: ResourceDetail }) {
  const { kind, environment, source, firstSeenAt, updatedAt, goneAt, attributes } = resource
  const others = Object.entries(attributes).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  return (
    <Section title="Facts">
      <DescriptionList
        items={[
          { term: 'Kind', detail: kindLabel(kind) },
          { term: 'Environment', detail: <EnvironmentTag environment={environment} /> },
          { term: 'Source', detail: <SystemTag system={source.system} label={source.name} /> },
          { term: 'First seen', detail: <RelativeTime at={firstSeenAt} hasDate /> },
          { term: 'Last changed', detail: <RelativeTime at={updatedAt} hasDate /> },
          ...(goneAt ? [{ term: 'Gone since', detail: <RelativeTime at={goneAt} hasDate /> }] : []),
          ...others.map(([term, value]) => ({
            term: formatWord(term, true),
            detail:
              value === null ? null : (
                <span className="font-mono text-xs break-all">
                  {Array.isArray(value) ? value.join(', ') : String(value)}
                </span>
              ),
          })),
        ]}
      />
    </Section>
  )
}
