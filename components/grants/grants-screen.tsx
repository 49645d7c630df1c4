'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { HowItWorks } from '@/components/ui/how-it-works'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { grantListQuery } from '@/lib/grants/queries'
import type { Grant, GrantPage } from '@/lib/grants/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { grantAddress } from './grant-address'
import { grantColumns, grantTitle } from './grant-columns'
import { GrantTabs } from './grant-tabs'

interface GrantsScreenProps {
  orgId: string
  first: ActionResult<GrantPage>
  question: string
}

const noRows: Grant[] = []
const views = [
  { view: 'mine', empty: 'You have asked for nothing, and nobody has for what you answer for.' },
  { view: 'inbox', empty: 'Nothing waits for your word.' },
  { view: 'active', empty: 'Nobody holds a right for a task at this moment.' },
  { view: 'all', empty: 'Nobody has asked for anything yet.' },
] as const

/** Rights for one task: one’s own with what is left of their time, those that wait for one’s word, and all that there ever were. */
export function GrantsScreen({ orgId, first, question }: GrantsScreenProps) {
  const [state, setState] = useAddress(grantAddress, { history: 'push' })
  const view = state.view ?? 'mine'
  const asked = { view, ...(state.after === null ? {} : { cursor: state.after }) }
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...grantListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const waiting = useQuery(grantListQuery(orgId, { view: 'inbox' })).data?.items.length ?? 0
  const pages = useCursorPages(state.after, (after) => setState({ after }))
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  return (
    <ListPage>
      <PageHeader
        title="Access"
        actions={
          data?.can.request ? (
            <>
              <Button asChild>
                <Link href="/ask">Ask for a role</Link>
              </Button>
              <Button asChild variant="primary">
                <Link href="/grants/new">Ask for access</Link>
              </Button>
            </>
          ) : undefined
        }
        tabs={<GrantTabs current={view} waiting={waiting} />}
      >
        Each right is for one task and ends by itself. What was, stays listed.
      </PageHeader>
      <HowItWorks>
        <p>
          Ask for what a task needs, for yourself or for an account that you answer for. Somebody else agrees: never
          whoever asked, never their group alone. Whoever asked begins it, and the clock starts when the source has
          given it.
        </p>
        <p>
          It ends by its clock, or when it is given back, somebody ends it, its ticket is closed or an incident needs
          it. Then it is taken away at the source, which is read afterwards; with the account’s secret the end is also
          tried.
        </p>
      </HowItWorks>
      {refusal && !data ? (
        <Refusal what="grants" error={refusal} onRetry={() => void refetch()} />
      ) : (
        <>
          <DataTable
            label="Access"
            columns={grantColumns}
            rows={data?.items ?? noRows}
            rowId={({ id }) => id}
            rowName={grantTitle}
            rowHref={({ id }) => `/grants/${id}`}
            isLoading={!data || isPlaceholderData}
            empty={<EmptyState title="Nothing is here">{views.find((each) => each.view === view)?.empty}</EmptyState>}
          />
          {data && (data.nextCursor || state.after) ? (
            <Pagination
              shown={data.items.length}
              noun={['grant', 'grants']}
              isPending={isPlaceholderData}
              {...pages(data.nextCursor)}
            />
          ) : null}
        </>
      )}
    </ListPage>
  )
}
