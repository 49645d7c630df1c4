'use client'

import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Check, UserRoundX, Waypoints } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { SelectionBar } from '@/components/data-table/selection-bar'
import { SelectionPlace } from '@/components/data-table/selection-place'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Kbd } from '@/components/ui/kbd'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { Progress } from '@/components/ui/progress'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { notifyFailed } from '@/components/ui/toast'
import { createIdentitySelection } from '@/lib/identities/queries'
import { identityHref } from '@/lib/identities/rules'
import { myOwnershipsQuery } from '@/lib/ownership/queries'
import type { MyOwnership } from '@/lib/ownership/schema'
import { formatCount, formatWord } from '@/lib/platform/browser/format'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { type GiveUp, GiveUpDialog } from './give-up-dialog'
import { useOwnerBulkChange } from './use-owner-bulk-change'

const group = 'My identities'
const attestations = { never: 'Never attested', due: 'Due', soon: 'Due soon', fresh: 'Attested' }

const columns: DataColumn<MyOwnership>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 260,
    isGrowing: true,
    isRowLink: true,
    isPinned: true,
    cell: ({ identity }) => (
      <span className="flex min-w-0 items-center gap-2">
        <IdentityKind kind={identity.kind} />
        <span className="truncate font-medium">{identity.name}</span>
      </span>
    ),
  },
  {
    id: 'environment',
    header: 'Environment',
    width: 130,
    cell: ({ identity }) => <EnvironmentTag environment={identity.environment} />,
  },
  {
    id: 'as',
    header: 'You are',
    width: 180,
    cell: ({ ownership }) => `${formatWord(ownership.duty)}, ${ownership.label}`,
  },
  {
    id: 'state',
    header: 'Attestation',
    width: 150,
    cell: ({ attestation }) => (
      <Badge tone={attestation === 'fresh' ? 'good' : 'warning'}>{attestations[attestation]}</Badge>
    ),
  },
  {
    id: 'attested',
    header: 'Last attested',
    width: 130,
    cell: ({ ownership }) => <RelativeTime at={ownership.attestedAt} className="text-ink-muted" />,
  },
  {
    id: 'used',
    header: 'Last used',
    width: 130,
    cell: ({ identity }) => (
      <RelativeTime at={identity.lastUsedAt ?? (identity.neverUsed ? null : undefined)} className="text-ink-muted" />
    ),
  },
]

/** What the reader and their teams answer for: say that it still holds, hand it over, or give it up, by keyboard or in bulk. */
export function MyOwnershipsScreen({ orgId }: { orgId: string }) {
  const [isDueOnly, setIsDueOnly] = useState(false)
  const [selection, setSelection] = useState<string[]>([])
  const [giveUp, setGiveUp] = useState<{ what: GiveUp; ids: string[] }>()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    myOwnershipsQuery(orgId, isDueOnly),
  )
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data])
  const clear = () => setSelection([])
  const attest = useOwnerBulkChange(orgId, clear)
  const attestAll = useMutation({
    mutationFn: () => createIdentitySelection({ owner: ['mine'] }),
    onSuccess: ({ id }) => attest.mutate({ change: 'attest', selectionId: id }),
    onError: (failure) => notifyFailed('Not attested', failure.message),
  })

  /** The identities of the chosen rows, else of the row that has the focus. */
  const targets = () => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-row-id]')?.dataset.rowId
    const chosen = selection.length > 0 ? selection : focused ? [focused] : []
    return [
      ...new Set(rows.filter(({ ownership }) => chosen.includes(ownership.id)).map(({ identity }) => identity.id)),
    ]
  }
  const attestThese = () => {
    const ids = targets()
    if (ids.length > 0 && !attest.isPending) attest.mutate({ change: 'attest', ids })
  }
  const open = (what: GiveUp) => {
    const ids = targets()
    if (ids.length > 0) setGiveUp({ what, ids })
  }
  useShortcut({ keys: 'a', label: 'Attest: still mine', group }, attestThese)
  useShortcut({ keys: 't', label: 'Hand over…', group }, () => open('transfer'))
  useShortcut({ keys: 'n', label: 'Not mine…', group }, () => open('release'))

  if (error) return <Refusal what="identities that you own" error={error} onRetry={() => void refetch()} />
  const [first] = data?.pages ?? []
  const total = first?.total ?? 0
  const due = first?.due ?? 0
  return (
    <>
      <div className="flex flex-wrap items-end gap-x-8 gap-y-3 border-b px-4 py-3 md:px-6">
        <Progress
          className="w-72 max-w-full"
          label={`Attested within ${first?.attestEveryDays ?? 180} days`}
          value={total - due}
          max={total}
          isIndeterminate={!first}
        />
        <Field label="Only those to attest" layout="inline">
          <Checkbox checked={isDueOnly} onCheckedChange={setIsDueOnly} />
        </Field>
        <p className="text-xs text-ink-muted">
          <Kbd keys="j" /> <Kbd keys="k" /> move, <Kbd keys="a" /> still mine, <Kbd keys="t" /> hand over,{' '}
          <Kbd keys="n" /> not mine, <Kbd keys="x" /> select
        </p>
        {due > 0 ? (
          <Button
            isPending={attestAll.isPending || attest.isPending}
            onClick={() => attestAll.mutate()}
            className="ml-auto"
          >
            Attest all {formatCount(total, 'ownership')}
          </Button>
        ) : null}
      </div>
      <DataTable
        label="My identities"
        columns={columns}
        rows={rows}
        rowId={({ ownership }) => ownership.id}
        rowName={({ identity }) => identity.name}
        rowHref={({ identity }) => identityHref(identity.id, 'ownership')}
        selection={selection}
        onSelectionChange={setSelection}
        isLoading={isPending}
        hasShortcuts
        empty={
          isDueOnly ? (
            <EmptyState title="All attested">Nothing waits for you to say that it is still yours.</EmptyState>
          ) : (
            <EmptyState title="You own nothing here">
              Identities appear when somebody assigns them to you or a team of yours.
            </EmptyState>
          )
        }
      />
      {hasNextPage ? (
        <div className="flex justify-center border-t py-3">
          <Button isPending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
      <SelectionPlace>
        <SelectionBar count={selection.length} noun={['ownership', 'ownerships']} onClear={clear}>
          <Button
            size="sm"
            variant="primary"
            icon={<Check aria-hidden />}
            isPending={attest.isPending}
            onClick={attestThese}
          >
            Still mine
          </Button>
          <Button size="sm" icon={<Waypoints aria-hidden />} onClick={() => open('transfer')}>
            Hand over…
          </Button>
          <Button size="sm" icon={<UserRoundX aria-hidden />} onClick={() => open('release')}>
            Not mine…
          </Button>
        </SelectionBar>
      </SelectionPlace>
      {giveUp ? (
        <GiveUpDialog
          orgId={orgId}
          what={giveUp.what}
          identityIds={giveUp.ids}
          onClose={() => setGiveUp(undefined)}
          onDone={clear}
        />
      ) : null}
    </>
  )
}
