'use client'

import { Maximize, Minus, Plus } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { cn } from '../ui/class-names'
import { IconButton } from '../ui/icon-button'
import { type LayoutShape, layOut } from './layered-layout'
import { pathsThrough } from './paths-through'
import { type PictureLine, PictureLines } from './picture-lines'
import { usePanZoom } from './use-pan-zoom'
import { type Step, walkPicture } from './walk-picture'

export interface PictureShape {
  id: string
  column: number
  /** What is spoken of it. */
  name: string
  /** SVG, drawn from its upper left corner, `pictureShape` wide and high. */
  content: ReactNode
  /** What the picture begins with. */
  isStart?: boolean
}

export interface LayeredPictureProps {
  /** Names the picture. */
  label: string
  nodes: PictureShape[]
  edges: PictureLine[]
  /** The word above a column. */
  columnLabel: (column: number) => string
  /** The node whose ways are shown, everything else dimmed. */
  chosen: string | null
  onChoose: (id: string | null) => void
  /** The chosen node was chosen once more. */
  onExpand: (id: string) => void
  /** Holds the drawing, for saving it. */
  drawingRef: React.RefObject<SVGGElement | null>
  /** The id of a text that says how to use it. */
  hintId: string
  className?: string
}

export const pictureShape: LayoutShape = { nodeWidth: 196, nodeHeight: 40, columnGap: 80, rowGap: 10 }
/** For the words above the columns: in the page they stay in sight, in a file they are drawn. */
const headRoom = 28

const steps: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
}

/** A graph in columns from left to right, to be panned, zoomed and walked by keyboard. It holds no data of its own. */
export function LayeredPicture(props: LayeredPictureProps) {
  const { label, nodes, edges, columnLabel, chosen, onChoose, onExpand, drawingRef, hintId, className } = props
  const frame = useRef<HTMLDivElement>(null)
  const markerId = useId()
  const layout = useMemo(() => layOut(nodes, edges, pictureShape), [nodes, edges])
  const start = nodes.find(({ isStart }) => isStart) ?? nodes[0]
  const boxOf = (id: string | undefined) => {
    const place = layout.nodes.get(id ?? '')
    return (
      place && { x: place.x, y: place.y + headRoom, width: pictureShape.nodeWidth, height: pictureShape.nodeHeight }
    )
  }
  const drawing = { width: layout.width, height: layout.height + headRoom }
  const { view, zoomBy, panBy, showAll, reveal, handlers } = usePanZoom({ frame, drawing, start: boxOf(start?.id) })
  const [walked, setWalked] = useState<string | null>(null)
  // One node is in the order of the tab key; arrows go on from it.
  const current = [walked, chosen, start?.id].find((id) => id && layout.nodes.has(id)) ?? null
  const lit = useMemo(() => (chosen ? pathsThrough(edges, chosen) : null), [edges, chosen])

  const goTo = (id: string) => {
    setWalked(id)
    const box = boxOf(id)
    if (box) reveal(box)
    frame.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const id = (event.target as Element).closest('[data-node]')?.getAttribute('data-node')
    const step = steps[event.key]
    const pans: Record<string, [number, number]> = {
      ArrowLeft: [80, 0],
      ArrowRight: [-80, 0],
      ArrowUp: [0, 80],
      ArrowDown: [0, -80],
    }
    const pan = event.shiftKey ? pans[event.key] : undefined
    if (pan) panBy(...pan)
    else if (step && id) goTo(walkPicture(layout, edges, id, step))
    else if (step && current) goTo(current)
    else if ((event.key === 'Enter' || event.key === ' ') && id) choose(id)
    else if (event.key === 'Escape' && chosen) onChoose(null)
    else if (event.key === '+' || event.key === '=') zoomBy(1.25)
    else if (event.key === '-') zoomBy(0.8)
    else if (event.key === '0') showAll()
    else return
    event.preventDefault()
  }
  const choose = (id: string) => {
    setWalked(id)
    if (chosen === id) onExpand(id)
    else onChoose(id)
  }

  return (
    <div className={cn('relative', className)}>
      <div
        ref={frame}
        {...handlers}
        onKeyDown={onKeyDown}
        onClick={() => onChoose(null)}
        role="application"
        // Not in the order of the tab key, where one of its nodes is.
        tabIndex={-1}
        aria-label={label}
        aria-describedby={hintId}
        // As high as the drawing needs, as far as the window has room.
        style={{ height: `min(68dvh, 38rem, ${Math.ceil(drawing.height / 16) + 7}rem)` }}
        className="min-h-72 cursor-grab touch-pan-y overflow-hidden bg-sunken select-none active:cursor-grabbing"
      >
        <svg className="size-full" role="presentation">
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            <g ref={drawingRef} data-width={drawing.width} data-height={drawing.height}>
              {layout.columns.map(({ column, x }) => (
                <text key={column} x={x} y={12} data-saved className="fill-ink-muted text-xs opacity-0" aria-hidden>
                  {columnLabel(column)}
                </text>
              ))}
              <g transform={`translate(0 ${headRoom})`}>
                <PictureLines
                  id={markerId}
                  edges={edges}
                  paths={layout.paths}
                  middles={layout.middles}
                  lit={lit?.edges}
                />
                {nodes.map((node) => {
                  const place = layout.nodes.get(node.id)
                  if (!place) return null
                  return (
                    // biome-ignore lint/a11y/useSemanticElements: there are no buttons in SVG
                    <g
                      key={node.id}
                      data-node={node.id}
                      role="button"
                      aria-label={node.name}
                      aria-pressed={chosen === node.id}
                      tabIndex={node.id === current ? 0 : -1}
                      transform={`translate(${place.x} ${place.y})`}
                      onFocus={() => setWalked(node.id)}
                      onClick={(event) => {
                        event.stopPropagation()
                        choose(node.id)
                      }}
                      className={cn(
                        'group/node cursor-pointer outline-none transition-opacity',
                        lit && !lit.nodes.has(node.id) && 'opacity-25',
                      )}
                    >
                      <title>{node.name}</title>
                      {node.content}
                      <rect
                        data-ring
                        x={-3}
                        y={-3}
                        width={pictureShape.nodeWidth + 6}
                        height={pictureShape.nodeHeight + 6}
                        rx={7}
                        className={cn(
                          'pointer-events-none fill-none stroke-accent-ink stroke-2 group-focus-visible/node:visible',
                          chosen === node.id ? 'visible' : 'invisible',
                        )}
                      />
                    </g>
                  )
                })}
              </g>
            </g>
          </g>
        </svg>
      </div>
      <div aria-hidden className="pointer-events-none absolute inset-x-0 top-0 h-7 overflow-hidden bg-sunken/90">
        {layout.columns.map(({ column, x }) => (
          <span
            key={column}
            className="absolute top-1.5 truncate text-xs text-ink-muted"
            style={{
              left: x * view.scale + view.x,
              maxWidth: (pictureShape.nodeWidth + pictureShape.columnGap) * view.scale,
            }}
          >
            {columnLabel(column)}
          </span>
        ))}
      </div>
      <div className="absolute right-2 bottom-2 flex flex-col gap-1">
        <IconButton label="Larger" variant="secondary" side="left" onClick={() => zoomBy(1.25)}>
          <Plus aria-hidden />
        </IconButton>
        <IconButton label="Smaller" variant="secondary" side="left" onClick={() => zoomBy(0.8)}>
          <Minus aria-hidden />
        </IconButton>
        <IconButton label="Show all of it" variant="secondary" side="left" onClick={showAll}>
          <Maximize aria-hidden />
        </IconButton>
      </div>
    </div>
  )
}
