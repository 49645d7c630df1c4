'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { z } from 'zod'
import type { DataColumn } from '@/components/data-table/data-column'
import { cn } from '@/components/ui/class-names'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import type { BlastRadius, ReachedIdentity, ReachedIdentityPage } from '@/lib/access-graph/blast-radius'
import { graphKey, pathsQuery, reachedIdentitiesQuery } from '@/lib/access-graph/queries'
import { bandOf } from '@/lib/access-graph/score'
import { formatNumber } from '@/lib/platform/browser/format'
import { pageRows } from '@/lib/platform/browser/list-pages'
import { useAddress } from '@/lib/platform/browser/use-address'
import { writeAddress } from '@/lib/platform/browser/write-address'
import { blastParsers } from './blast-address'
import { bandLabels } from './blast-words'
import { kindWord } from './explore-node-picker'
import { PathLine } from './explore-path'
import { sentenceOf } from './explore-words'
import { NodeName } from './node-name'
import { ReachedPath } from './reached-panel'
import { ReachedRows, useReachedRows } from './reached-rows'

type Row = z.infer<typeof ReachedIdentity>
type Side = 'becomes' | 'exposed'

interface ReachedIdentitiesProps {
  orgId: string
  identity: { id: string; name: string }
  data: BlastRadius
}

const { side, from, who } = blastParsers
const parsers = { side, from, who }

const columns: DataColumn<Row>[] = [
  { id: 'name', header: 'Identity', width: 280, cell: ({ node }) => <NodeName node={node} /> },
  { id: 'kind', header: 'Kind', width: 150, cell: ({ node }) => kindWord(node) },
  { id: 'path', header: 'Way', width: 300, isGrowing: true, cell: ({ path }) => <PathLine steps={path} /> },
  { id: 'hops', header: 'Steps', width: 76, align: 'end', cell: ({ path }) => formatNumber(path.length) },
  {
    id: 'score',
    header: 'Its own blast radius',
    width: 160,
    cell: ({ node, score }) =>
      score === null ? (
        <span className="text-ink-muted italic">{node.type === 'human' ? 'a person' : 'not worked out'}</span>
      ) : (
        <span className="tabular">
          {score.toFixed(1)} <span className="text-ink-muted">{bandLabels[bandOf(score)].toLowerCase()}</span>
        </span>
      ),
  },
]

/** The identities that it can become, and those that can become it, each with the way. */
export function ReachedIdentities({ orgId, identity, data }: ReachedIdentitiesProps) {
  const [state, setState] = useAddress(parsers)
  const shown: Side = state.side ?? 'becomes'
  const sides = [
    { id: 'becomes' as const, label: 'It can become', count: data.figures.identities },
    { id: 'exposed' as const, label: 'Can become it', count: data.exposedTo },
  ]
  return (
    <section aria-label="Other identities" className="border-b">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-3 md:px-6">
        <h2 className="text-base font-medium">Other identities</h2>
        <fieldset className="flex rounded-md border border-line-strong/60 p-0.5">
          <legend className="sr-only">Which</legend>
          {sides.map(({ id, label, count }) => (
            <button
              key={id}
              type="button"
              aria-pressed={shown === id}
              onClick={() =>
                setState({ side: id === 'exposed' ? id : null, from: null, who: null }, { history: 'push' })
              }
              className={cn(
                'inline-flex h-6 items-center gap-1.5 rounded-sm px-2 text-sm',
                shown === id ? 'bg-accent-wash font-medium text-accent-ink' : 'text-ink-muted hover:text-ink',
              )}
            >
              {label}
              <span className="tabular text-xs font-normal">{formatNumber(count)}</span>
            </button>
          ))}
        </fieldset>
      </div>
      <SideList key={shown} orgId={orgId} identity={identity} side={shown} />
    </section>
  )
}

function SideList({ orgId, identity, side: shown }: Omit<ReachedIdentitiesProps, 'data'> & { side: Side }) {
  const [state, setState] = useAddress(parsers)
  const client = useQueryClient()
  const query = reachedIdentitiesQuery(orgId, identity.id, shown, { at: 0, limit: pageRows })
  const ask = useCallback(
    (page: { at: number; limit: number }) =>
      client.ensureQueryData(reachedIdentitiesQuery(orgId, identity.id, shown, page)),
    [client, orgId, identity.id, shown],
  )
  const list = useReachedRows<Row>({ head: useQuery(query), key: query.queryKey, ask, start: state.from ?? 0 })
  return (
    <>
      <ReachedRows
        label={shown === 'becomes' ? `Identities that ${identity.name} can become` : `Who can become ${identity.name}`}
        noun={['identity', 'identities']}
        columns={columns}
        list={list}
        hasShortcuts={false}
        rowId={({ node }) => node.id ?? node.externalId}
        rowName={({ node }) => node.name}
        onRowOpen={({ node }) => setState({ who: node.id }, { history: 'push' })}
        openRowId={state.who ?? undefined}
        onRest={(first) => writeAddress(parsers, { from: first > 0 ? first : null }, { history: 'replace' })}
        empty={
          <p className="max-w-[72ch] px-4 pb-4 text-sm text-ink-muted md:px-6">
            {shown === 'becomes'
              ? 'No known way leads from it to another identity: it can assume, impersonate or run as no other, and reads no secret of one.'
              : 'No known way leads from another identity or person to it.'}
          </p>
        }
      />
      <IdentityPath
        orgId={orgId}
        identity={identity}
        side={shown}
        id={state.who}
        onClose={() => setState({ who: null }, { history: 'push' })}
      />
    </>
  )
}

interface IdentityPathProps extends Omit<ReachedIdentitiesProps, 'data'> {
  side: Side
  id: string | null
  onClose: () => void
}

/** The way from one identity to the other, step by step. */
function IdentityPath({ orgId, identity, side: shown, id, onClose }: IdentityPathProps) {
  const client = useQueryClient()
  const pages = client.getQueriesData<ReachedIdentityPageData>({ queryKey: [...graphKey(orgId), shown, identity.id] })
  const row = pages.flatMap(([, page]) => page?.items ?? []).find(({ node }) => node.id === id)
  const ends =
    shown === 'becomes' ? { from: identity.id, to: id ?? identity.id } : { from: id ?? identity.id, to: identity.id }
  const asked = useQuery({ ...pathsQuery(orgId, { ...ends, k: 1 }), enabled: id !== null && !row })
  const path = row?.path ?? asked.data?.paths[0]?.steps
  const name = row?.node.name ?? (shown === 'becomes' ? asked.data?.to.name : asked.data?.from.name)
  return (
    <Sheet open={id !== null} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {id !== null ? (
        <SheetContent size="lg" title={name ?? 'Another identity'} description={path ? sentenceOf(path) : undefined}>
          {path ? (
            <ReachedPath path={path} />
          ) : asked.isPending ? (
            <div aria-busy className="flex flex-col gap-4 py-2">
              <Skeleton className="w-2/3" />
              <Skeleton className="w-4/5" />
            </div>
          ) : (
            <p className="text-sm text-ink-muted">{asked.error?.message ?? 'No way leads there any more.'}</p>
          )}
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

type ReachedIdentityPageData = z.infer<typeof ReachedIdentityPage>
