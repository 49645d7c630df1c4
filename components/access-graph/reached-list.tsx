'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { Button } from '@/components/ui/button'
import { FilterBar } from '@/components/ui/filter-bar'
import { NoMatchState } from '@/components/ui/state-block'
import type { BlastRadius, ReachedQuery } from '@/lib/access-graph/blast-radius'
import { reachedQuery } from '@/lib/access-graph/queries'
import { levels, sensitivityClasses } from '@/lib/access-graph/score'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { pageRows } from '@/lib/platform/browser/list-pages'
import { useAddress } from '@/lib/platform/browser/use-address'
import { writeAddress } from '@/lib/platform/browser/write-address'
import { blastParsers, noReachedFilter, type ReachedFilter, reachedFilterOf } from './blast-address'
import { reachedId } from './blast-matrix'
import { classCounts, sensitivityClassLabels } from './blast-words'
import { levelLabels } from './explore-words'
import { reachedColumns } from './reached-columns'
import { ReachedExport } from './reached-export'
import { ReachedPanel } from './reached-panel'
import { ReachedRows, useReachedRows } from './reached-rows'

interface ReachedListProps {
  orgId: string
  identity: { id: string; name: string }
  data: BlastRadius
}

const { system, level, sensitivity, q, sort, dir, at, open } = blastParsers
const parsers = { system, level, sensitivity, q, sort, dir, at, open }

/** Every reached resource with the way to it, a table of any length. */
export function ReachedList({ orgId, identity, data }: ReachedListProps) {
  const [state, setState] = useAddress(parsers)
  const { at: start, open: openId, ...filters } = state
  const question = JSON.stringify(reachedFilterOf(filters))
  const filter = useMemo(() => JSON.parse(question) as ReachedFilter, [question])
  const list = useReached(orgId, identity.id, filter, start ?? 0)
  const change = (next: object) => setState({ ...next, at: null }, { history: 'push' })
  const clear = () => change(noReachedFilter)
  const isFiltered = Boolean(filter.system || filter.level || filter.sensitivity || filter.q)
  const all = data.figures.resources
  return (
    <section id={reachedId} aria-label="Reached resources" className="scroll-mt-4 border-b">
      <div className="flex flex-wrap items-baseline gap-x-2 px-4 pt-4 md:px-6">
        <h2 className="text-base font-medium">Reached resources</h2>
        <p className="tabular text-sm text-ink-muted" aria-live="polite">
          {list.total === undefined
            ? ''
            : isFiltered
              ? `${formatNumber(list.total)} of ${formatCount(all, 'resource')}`
              : formatCount(list.total, 'resource')}
        </p>
      </div>
      <FilterBar
        label="Filter reached resources"
        placeholder="Name or id"
        text={filter.q ?? ''}
        onTextChange={(text) => change({ q: text.trim() || null })}
        facets={facetsOf(data, filter)}
        onFacetChange={(id, [value]) => change({ [id]: value ?? null })}
        onClear={clear}
        actions={<ReachedExport identityId={identity.id} filter={filter} total={list.total} />}
      />
      <ReachedRows
        label={`Resources that ${identity.name} reaches`}
        noun={['resource', 'resources']}
        columns={reachedColumns}
        list={list}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        onRowOpen={(row) => setState({ open: row.id }, { history: 'push' })}
        openRowId={openId ?? undefined}
        onRest={(first) => writeAddress(parsers, { at: first > 0 ? first : null }, { history: 'replace' })}
        sort={{ key: filter.sort, direction: filter.dir }}
        onSortChange={({ key, direction }) => change({ sort: key as ReachedQuery['sort'], dir: direction })}
        empty={
          <NoMatchState title="No reached resource matches" actions={<Button onClick={clear}>Clear the filter</Button>}>
            {formatCount(all, 'resource is', 'resources are')} hidden by the filter.
          </NoMatchState>
        }
      />
      <ReachedPanel
        orgId={orgId}
        identity={identity}
        id={openId}
        onClose={() => setState({ open: null }, { history: 'push' })}
      />
    </section>
  )
}

function useReached(orgId: string, identityId: string, filter: ReachedFilter, start: number) {
  const client = useQueryClient()
  const query = reachedQuery(orgId, identityId, { ...filter, at: 0, limit: pageRows })
  const ask = useCallback(
    (page: { at: number; limit: number }) =>
      client.ensureQueryData(reachedQuery(orgId, identityId, { ...filter, ...page })),
    [client, orgId, identityId, filter],
  )
  return useReachedRows({ head: useQuery(query), key: query.queryKey, ask, start })
}

function facetsOf(data: BlastRadius, filter: ReachedFilter) {
  const { matrix, figures } = data
  return [
    {
      id: 'system',
      label: 'System',
      isSingle: true,
      selected: filter.system ? [filter.system] : [],
      options: matrix.map(({ system: name, total }) => ({ value: name, label: name, count: total })),
    },
    {
      id: 'level',
      label: 'Privilege',
      isSingle: true,
      selected: filter.level ? [filter.level] : [],
      options: levels.toReversed().map((value) => ({
        value,
        label: levelLabels[value],
        count: matrix.reduce((sum, { counts }) => sum + (counts[levels.indexOf(value)] ?? 0), 0),
      })),
    },
    {
      id: 'sensitivity',
      label: 'Sensitivity',
      isSingle: true,
      selected: filter.sensitivity ? [filter.sensitivity] : [],
      options: classCounts(figures)
        .filter(({ sensitivity: name }) => sensitivityClasses.includes(name))
        .map(({ sensitivity: value, count }) => ({ value, label: sensitivityClassLabels[value], count })),
    },
  ]
}
