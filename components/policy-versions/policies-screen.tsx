'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { ReasonField } from '@/components/lifecycle/reason-field'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { HowItWorks } from '@/components/ui/how-it-works'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { createVersion, rollBack } from '@/lib/policy-versions/actions'
import { versionListQuery } from '@/lib/policy-versions/queries'
import type { VersionList, VersionSummary } from '@/lib/policy-versions/schema'
import { TrialResults } from './trial-results'
import { Replay } from './version-actions'
import { shortHash, stateLabels } from './version-words'

const columns: DataColumn<VersionSummary>[] = [
  {
    id: 'no',
    header: 'Version',
    width: 280,
    isGrowing: true,
    isRowLink: true,
    isPinned: true,
    cell: ({ no, title }) => (
      <span className="truncate font-medium">
        {no}: {title}
      </span>
    ),
  },
  { id: 'state', header: 'State', width: 170, cell: ({ state }) => stateLabels[state] },
  {
    id: 'kinds',
    header: 'Speaks of',
    width: 160,
    cell: ({ kinds }) => <span className="truncate">{kinds.join(', ')}</span>,
  },
  { id: 'author', header: 'Written by', width: 150, cell: ({ author }) => <span className="truncate">{author}</span> },
  {
    id: 'reviewer',
    header: 'Agreed to by',
    width: 150,
    cell: ({ reviewer }) => <span className="truncate">{reviewer ?? 'nobody'}</span>,
  },
  { id: 'changed', header: 'Changed', width: 130, cell: ({ updatedAt }) => <RelativeTime at={updatedAt} /> },
]

/** The organization’s own policies by version, what answers now, and the way back. */
export function PoliciesScreen({ orgId, first }: { orgId: string; first: ActionResult<VersionList> }) {
  const { data, error, retry } = useLoaded(versionListQuery(orgId), first)
  if (!data) return <Refusal what="policies" error={error} onRetry={retry} />
  const { active, items, activations, base, baseReplays, can, unavailable } = data
  return (
    <>
      <PageHeader
        title="Policies"
        actions={
          <>
            {can.rollBack && active.versionId !== null ? <RollBack orgId={orgId} list={data} /> : null}
            {can.create ? <NewVersion /> : null}
          </>
        }
      >
        {active.versionNo === null
          ? 'The product’s own policies answer alone.'
          : `Version ${active.versionNo} answers together with the product’s own policies.`}{' '}
        Each decision carries <span className="font-mono text-xs">{shortHash(active.hash)}</span>.
      </PageHeader>
      <HowItWorks>
        <p>
          A version is drafted, tested by the real policy compiler, read by a second person, put beside the current one
          in shadow, and published or rolled back in one act. It can be tried on the decisions of the last days first:
          it shows which answers would differ.
        </p>
      </HowItWorks>
      {unavailable ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="warning" title="Policies of your own are not possible here">
            {unavailable}
          </Alert>
        </div>
      ) : null}
      {active.isLoaded ? null : (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="danger" title="The version in use is not there where it is asked">
            Every answer about its types is no until it is. It is loaded again by itself; going back helps at once.
          </Alert>
        </div>
      )}
      <DataTable
        label="Versions of policies"
        columns={columns}
        rows={items}
        rowId={({ id }) => id}
        rowName={({ no, title }) => `Version ${no}: ${title}`}
        rowHref={({ id }) => `/policies/${id}`}
        empty={
          <EmptyState title="No policies of your own">
            A version of your own can forbid what the product’s policies allow, and speak of your own types.
          </EmptyState>
        }
      />
      {activations.length > 0 ? (
        <Section title="What answered" detail="Newest first">
          <ol className="flex flex-col text-sm" aria-label="What answered">
            {activations.map((each) => (
              <li key={each.no} className="flex flex-wrap gap-x-3 border-b py-1.5 last:border-b-0">
                <span className="font-medium">
                  {each.versionNo === null ? 'The product’s own policies' : `Version ${each.versionNo}`}
                </span>
                <span className="text-ink-muted">
                  {each.how === 'published' ? 'published' : 'taken back to'} by {each.by}{' '}
                  <RelativeTime at={each.at} hasTime />
                </span>
                <span className="font-mono text-xs leading-5">{shortHash(each.hash)}</span>
                {each.reason ? <span className="min-w-0 break-words">{each.reason}</span> : null}
              </li>
            ))}
          </ol>
        </Section>
      ) : null}
      <Section title="The product’s own policies" detail={shortHash(active.baseHash)}>
        <div className="flex flex-col gap-3">
          <p className="max-w-[72ch] text-sm text-ink-muted">
            They come with the release and answer for everybody. A version of yours stands below them and can only
            narrow what they allow.
          </p>
          {can.replay && active.versionId !== null ? (
            <div className="flex flex-wrap items-center gap-2">
              <Replay orgId={orgId} id="base" />
            </div>
          ) : null}
          {base.map(({ name, text }) => (
            <details key={name}>
              <summary className="cursor-pointer text-sm">{name}</summary>
              <CodeBlock label={name} code={text} />
            </details>
          ))}
        </div>
      </Section>
      {baseReplays.map((trial) => (
        <TrialResults key={trial.id} trial={trial} />
      ))}
    </>
  )
}

function NewVersion() {
  const router = useRouter()
  const [title, setTitle] = useState('')
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">New version</Button>}
      title="Begin a version"
      confirmLabel="Begin it"
      onConfirm={async () => {
        const made = await takeResult(createVersion({ title }))
        router.push(`/policies/${made.id}`)
      }}
    >
      <p>It begins with what is in use, or with an example. Nothing changes until it is published.</p>
      <Field label="What it changes" isRequired>
        <Input value={title} maxLength={200} autoComplete="off" onChange={(event) => setTitle(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}

function RollBack({ orgId, list: { active, activations } }: { orgId: string; list: VersionList }) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const published = activations.find(({ versionId, how }) => versionId === active.versionId && how === 'published')
  const former = activations.find(({ no }) => no === (published?.no ?? 1) - 1)
  const name = former?.versionNo ? `version ${former.versionNo}` : 'the product’s own policies'
  return (
    <ConfirmDialog
      trigger={<Button>Roll back</Button>}
      title={`Go back to ${name}?`}
      confirmLabel={`Let ${name} answer`}
      tone="danger"
      onConfirm={async () => {
        await takeResult(rollBack({ activeHash: active.hash ?? '', reason }))
        await queries.invalidateQueries({ queryKey: ['policy-versions', orgId] })
      }}
    >
      <p>From the next question on. Version {active.versionNo} stays listed, as taken back.</p>
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}
