import { cn } from '../ui/class-names'
import type { LayoutEdge } from './layered-layout'

export interface PictureLine extends LayoutEdge {
  isDashed: boolean
  /** px. */
  width: number
  /** A colour of the tokens, by the name of its variable: `line-strong`, `privilege-admin`. */
  colour: string
  /** Drawn on its middle: `cut` = it would end, `less` = some of it would. */
  mark?: 'cut' | 'less' | undefined
  /** It would be left without a start. */
  isFaint?: boolean
}

interface PictureLinesProps {
  /** Sets the arrow heads of this picture apart from those of others. */
  id: string
  edges: PictureLine[]
  /** Of each edge, empty for those that are not drawn. */
  paths: string[]
  /** Of each edge the point where its mark stands. */
  middles: ({ x: number; y: number } | null)[]
  /** Those that are not dimmed; undefined: none is. */
  lit: ReadonlySet<number> | undefined
}

/** The edges of a picture, with a head at the end of each. Those that are lit lie on top. */
export function PictureLines({ id, edges, paths, middles, lit }: PictureLinesProps) {
  const colours = [...new Set(edges.map(({ colour }) => colour))]
  const numbered = edges.map((edge, index) => ({ edge, index, isLit: !lit || lit.has(index) }))
  const markerOf = (colour: string) => `${id}-${colour}`
  return (
    <g aria-hidden className="pointer-events-none">
      <defs>
        {colours.map((colour) => (
          <marker
            key={colour}
            id={markerOf(colour)}
            viewBox="0 0 8 8"
            refX={7.5}
            refY={4}
            markerWidth={8}
            markerHeight={8}
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0.5 0.8 7.5 4 0.5 7.2z" style={{ fill: `var(--${colour})` }} />
          </marker>
        ))}
      </defs>
      {[...numbered.filter(({ isLit }) => !isLit), ...numbered.filter(({ isLit }) => isLit)].map(
        ({ edge, index, isLit }) =>
          paths[index] ? (
            <path
              key={index}
              d={paths[index]}
              strokeWidth={edge.width}
              strokeDasharray={edge.isDashed ? '5 4' : undefined}
              markerEnd={`url(#${markerOf(edge.colour)})`}
              style={{ stroke: `var(--${edge.colour})` }}
              className={cn(
                'fill-none transition-opacity',
                isLit ? (edge.mark === 'cut' || edge.isFaint ? 'opacity-35' : 'opacity-85') : 'opacity-10',
              )}
            />
          ) : null,
      )}
      {numbered.map(({ edge: { mark }, index, isLit }) => {
        const at = middles[index]
        return mark && at ? (
          <g
            key={`mark ${index}`}
            data-cut={mark}
            transform={`translate(${at.x} ${at.y})`}
            className={isLit ? undefined : 'opacity-20'}
          >
            <LineMark mark={mark} />
          </g>
        ) : null
      })}
    </g>
  )
}

/** A cross where a line would end, an arrow down where less of it would be left. */
export function LineMark({ mark }: { mark: 'cut' | 'less' }) {
  return (
    <>
      <circle r={7.5} className="fill-canvas stroke-accent-ink" strokeWidth={1.5} />
      <path
        d={mark === 'cut' ? 'M-3 -3 3 3M3 -3 -3 3' : 'M0 -3.5V3.5M-3 .5 0 3.5 3 .5'}
        className="fill-none stroke-accent-ink"
        strokeWidth={1.75}
        strokeLinecap="round"
      />
    </>
  )
}
