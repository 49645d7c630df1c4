'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowLeftRight } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { FacetMenu } from '@/components/ui/facet-menu'
import { IconButton } from '@/components/ui/icon-button'
import { Select } from '@/components/ui/select'
import { type PathKind, pathKinds, pathParsers } from '@/lib/access-graph/filters'
import { nodeSearchQuery, pathsQuery } from '@/lib/access-graph/queries'
import type { GraphNode } from '@/lib/access-graph/schema'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { useAddress } from '@/lib/platform/browser/use-address'
import { ExploreHeader } from './explore-header'
import { NodePicker } from './explore-node-picker'
import { PathAnswer } from './explore-paths'
import { ExploreSuggestions } from './explore-suggestions'
import { pathKindLabels } from './explore-words'

const pathCounts = ['1', '5', '10', '20'] as const
const usualCount = 5
/** Stands for an end that is not chosen: nothing is asked with it. */
const nobody = '00000000-0000-0000-0000-000000000000'

interface ExploreScreenProps {
  orgId: string
  /** The saved searches. */
  views: ReactNode
}

/** Looks for the ways from one node of the graph to another. */
export function ExploreScreen({ orgId, views }: ExploreScreenProps) {
  const [state, setState] = useAddress(pathParsers, { history: 'push' })
  const { start, end, kinds } = state
  const k = state.k ?? usualCount
  const isAsked = start !== null && end !== null
  const answer = useQuery({
    ...pathsQuery(orgId, { from: start ?? nobody, to: end ?? nobody, kinds: kinds?.join(',') || undefined, k }),
    enabled: isAsked,
  })
  const [chosen, setChosen] = useState<GraphNode[]>([])
  const known = [...chosen, ...(answer.data ? [answer.data.from, answer.data.to] : [])]
  const from = useNode(orgId, start, known)
  const to = useNode(orgId, end, known)
  const fromBox = useRef<HTMLInputElement>(null)
  const toBox = useRef<HTMLInputElement>(null)

  const choose = (side: 'start' | 'end', node: GraphNode | undefined) => {
    if (node) setChosen([...chosen, node])
    setState({ [side]: node?.id ?? null })
    const isOtherOpen = side === 'start' ? end === null : start === null
    if (node && isOtherOpen) (side === 'start' ? toBox : fromBox).current?.focus()
  }
  const reverse = () => setState({ start: end, end: start })
  useShortcut({ keys: '/', label: 'Choose where paths begin', group: 'Paths' }, () => fromBox.current?.focus())
  useShortcut({ keys: 'r', label: 'Turn the direction round', group: 'Paths' }, reverse)
  return (
    <>
      <ExploreHeader views={views}>
        How one thing comes to another: choose where to begin and where to end, and each way between them is told step
        by step, with how it is known.
      </ExploreHeader>
      <search aria-label="Find paths" className="flex flex-col gap-2 border-b px-4 py-3 md:px-6">
        <div className="flex flex-col items-stretch gap-2 sm:flex-row sm:items-center">
          <NodePicker
            ref={fromBox}
            orgId={orgId}
            label="From"
            placeholder="From: an identity, person, role or resource"
            node={from}
            onChoose={(node) => choose('start', node)}
          />
          <IconButton
            label="Turn the direction round"
            keys="r"
            size="lg"
            className="self-center max-sm:rotate-90"
            disabled={!start && !end}
            onClick={reverse}
          >
            <ArrowLeftRight aria-hidden />
          </IconButton>
          <NodePicker
            ref={toBox}
            orgId={orgId}
            label="To"
            placeholder="To: a resource, role, identity or person"
            node={to}
            onChoose={(node) => choose('end', node)}
          />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <FacetMenu
            facet={{
              id: 'kinds',
              label: 'Only by',
              selected: kinds ?? [],
              options: pathKinds.map((value) => ({ value, label: pathKindLabels[value] })),
            }}
            onChange={(values) => setState({ kinds: values.length > 0 ? (values as PathKind[]) : null })}
          />
          <Select
            label="How many paths"
            className="w-36"
            value={String(k)}
            options={[...new Set([...pathCounts, String(k)])].map((value) => ({
              value,
              label: value === '1' ? 'Shortest path' : `${value} shortest`,
            }))}
            onValueChange={(value) => setState({ k: Number(value) === usualCount ? null : Number(value) })}
          />
        </div>
      </search>
      {isAsked ? (
        <PathAnswer
          answer={answer}
          hasKinds={kinds !== null}
          onReverse={reverse}
          onAllKinds={() => setState({ kinds: null })}
          onMore={k < 20 ? () => setState({ k: 20 }) : undefined}
        />
      ) : (
        <ExploreSuggestions orgId={orgId} start={start} />
      )}
    </>
  )
}

/** The node of an id: from what was chosen or answered here, else asked for, as after a link from elsewhere. */
function useNode(orgId: string, id: string | null, known: GraphNode[]): GraphNode | undefined {
  const here = known.findLast((node) => node.id === id)
  const found = useQuery({ ...nodeSearchQuery(orgId, id ?? ''), enabled: id !== null && here === undefined })
  if (id === null) return undefined
  return here ?? found.data?.items.find((node) => node.id === id)
}
