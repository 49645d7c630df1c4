'use client'

import { useQuery } from '@tanstack/react-query'
import { Minimize2 } from 'lucide-react'
import { useId, useMemo, useRef } from 'react'
import { LayeredPicture, type PictureShape } from '@/components/graph/layered-picture'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { type GraphStamp, type Picture, type PictureEdge, pictureCap } from '@/lib/access-graph/blast-radius'
import { pictureQuery } from '@/lib/access-graph/queries'
import { useAddress } from '@/lib/platform/browser/use-address'
import { blastParsers } from './blast-address'
import { reachedId } from './blast-matrix'
import { PictureChosen } from './picture-chosen'
import { columnWord, pictureColumns } from './picture-columns'
import { PictureLegend } from './picture-legend'
import { PictureNodeShape } from './picture-node'
import { PictureSave } from './picture-save'
import { type PictureThought, thoughtSentence } from './picture-thought'
import { drawnSentence, isGroup, spokenNode } from './picture-words'
import { usePictureThought } from './use-picture-thought'

interface PictureSectionProps {
  orgId: string
  identity: { id: string; name: string }
  /** The state of the graph that the figures above are of. */
  graph: GraphStamp
}

const { expand, cap, node } = blastParsers
const parsers = { expand, cap, node }
/** The caps that can be asked for, one after the other. */
const caps = [pictureCap, 600, 1200, 2000]

/** The ways as a picture from left to right; groups come apart in their place. */
export function PictureSection({ orgId, identity, graph }: PictureSectionProps) {
  const [state, setState] = useAddress(parsers)
  const hintId = useId()
  const drawing = useRef<SVGGElement>(null)
  const most = state.cap ?? pictureCap
  const opened = state.expand ?? []
  const answer = useQuery(pictureQuery(orgId, identity.id, { expand: state.expand?.join(',') || undefined, cap: most }))
  const { data, error } = answer

  const thought = usePictureThought(orgId, identity.id, data)
  const setExpanded = (groups: string[]) =>
    setState({ expand: groups.length > 0 ? groups : null, node: null }, { history: 'push' })
  const more = caps.find((known) => known > most)
  // What does not fit under the cap is left out, or stays in its group.
  const isShort = data !== undefined && (data.drawn < data.total || data.nodes.some(({ id }) => opened.includes(id)))
  return (
    <Section
      title="Picture"
      detail={
        <>
          the ways from credential to resource;{' '}
          <a
            href={`#${reachedId}`}
            className="text-accent-ink underline decoration-accent-line underline-offset-3 hover:decoration-accent-ink"
          >
            the table above
          </a>{' '}
          holds the same
        </>
      }
      className="px-0 md:px-0 [&>div:first-child]:px-4 md:[&>div:first-child]:px-6"
      actions={
        data ? (
          <PictureSave
            drawing={drawing}
            name={identity.name}
            caption={`What ${identity.name} reaches. ${drawnSentence(data.drawn, data.total, data.nodes.length)}${thought ? ` ${thoughtSentence(thought)}` : ''} Version ${data.graph.version} of the graph.`}
          />
        ) : undefined
      }
    >
      {data && data.graph.version !== graph.version ? (
        <Alert tone="notice" className="mx-4 mb-2 md:mx-6">
          The picture is of version {data.graph.version} of the graph, the figures above of version {graph.version}: it
          has changed meanwhile.
        </Alert>
      ) : null}
      {error && !data ? <Refusal what="picture" error={error} onRetry={() => void answer.refetch()} /> : null}
      {!data && !error ? (
        <div aria-busy className="grid h-96 grid-cols-4 items-center gap-12 bg-sunken px-8">
          {['credential', 'identity', 'role', 'resource'].map((name) => (
            <Skeleton key={name} className="h-8" />
          ))}
        </div>
      ) : null}
      {data ? (
        <DrawnPicture
          picture={data}
          identity={identity}
          thought={thought}
          chosen={state.node}
          onChoose={(id) => setState({ node: id }, { history: 'replace' })}
          onExpand={(group) => setExpanded([...opened, group])}
          drawing={drawing}
          hintId={hintId}
          isStale={answer.isPlaceholderData}
        />
      ) : null}
      {data ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t px-4 py-2 text-xs text-ink-muted md:px-6">
          <p className="tabular" role="status">
            {drawnSentence(data.drawn, data.total, data.nodes.length)}
            {thought ? ` ${thoughtSentence(thought)}` : ''}
          </p>
          {isShort && more ? (
            <Button size="sm" onClick={() => setState({ cap: more }, { history: 'push' })}>
              Draw up to {more}
            </Button>
          ) : null}
          {isShort && !more ? <span>No more are drawn: the table has them all.</span> : null}
          {opened.length > 0 ? (
            <Button size="sm" variant="ghost" icon={<Minimize2 aria-hidden />} onClick={() => setExpanded([])}>
              Put {opened.length === 1 ? 'the group' : `${opened.length} groups`} together again
            </Button>
          ) : null}
          <PictureLegend edges={data.edges} marks={thought?.edges} className="ml-auto" />
          <p id={hintId} className="w-full">
            Arrows walk from node to node, Enter shows only the ways through one, once more opens a group, Escape shows
            all. Drag or Shift and arrows move it; +, − and 0 zoom, so does the wheel with Ctrl, or once the picture has
            the focus; two fingers on a touch screen.
          </p>
        </div>
      ) : null}
    </Section>
  )
}

interface DrawnPictureProps {
  picture: Picture
  identity: { id: string; name: string }
  thought: PictureThought | null
  chosen: string | null
  onChoose: (id: string | null) => void
  onExpand: (group: string) => void
  drawing: React.RefObject<SVGGElement | null>
  hintId: string
  isStale: boolean
}

function DrawnPicture(props: DrawnPictureProps) {
  const { picture, identity, thought, chosen, onChoose, onExpand, drawing, hintId, isStale } = props
  const { nodes, edges } = picture
  const shapes = useMemo(() => {
    const columns = pictureColumns(nodes, edges)
    return nodes.map((node): Omit<PictureShape, 'onExpand'> & { isGroup: boolean } => ({
      id: node.id,
      column: columns.get(node.id) ?? 0,
      name: [spokenNode(node, edges), ...(thought?.nodes.get(node.id) ? [thought.nodes.get(node.id)?.words] : [])].join(
        ', ',
      ),
      content: <PictureNodeShape node={node} isStart={node.id === identity.id} thought={thought?.nodes.get(node.id)} />,
      isStart: node.id === identity.id,
      isGroup: isGroup(node),
    }))
  }, [nodes, edges, identity.id, thought])
  const lines = useMemo(
    () =>
      edges.map((edge, index) => ({
        ...lineOf(edge),
        mark: thought?.edges.get(index),
        isFaint: thought?.nodes.get(edge.from)?.isLost === true,
      })),
    [edges, thought],
  )
  const known = nodes.find(({ id }) => id === chosen)
  return (
    <div className={isStale ? 'opacity-60' : undefined} aria-busy={isStale || undefined}>
      <LayeredPicture
        label={`Picture of what ${identity.name} reaches`}
        nodes={shapes}
        edges={lines}
        columnLabel={columnWord}
        chosen={known ? known.id : null}
        onChoose={onChoose}
        onExpand={(id) => (shapes.find((shape) => shape.id === id)?.isGroup ? onExpand(id) : onChoose(null))}
        drawingRef={drawing}
        hintId={hintId}
        className="border-t"
      />
      {known ? <PictureChosen node={known} edges={edges} onExpand={onExpand} onClear={() => onChoose(null)} /> : null}
    </div>
  )
}

function lineOf({ from, to, kind, isUsed, level, count }: PictureEdge) {
  const isGrant = kind === 'grants' && level !== null && level !== 'unknown'
  return {
    from,
    to,
    isDashed: !isUsed,
    width: Math.min(4, 1.25 + Math.log10(Math.max(1, count))),
    colour: isGrant ? `privilege-${level.replace('_', '-')}` : 'line-strong',
  }
}
