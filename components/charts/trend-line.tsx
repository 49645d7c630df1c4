import { formatDate } from '@/lib/platform/browser/format'
import { cn } from '../ui/class-names'

export interface TrendPoint {
  /** An ISO date. */
  day: string
  value: number
}

export interface TrendLineProps {
  /** Names the chart and its table: "Sum of all scores by day". */
  label: string
  /** Oldest first. */
  points: TrendPoint[]
  format: (value: number) => string
  className?: string
}

const height = 96
const width = 600
const inset = 6

/** Where each point lies in the drawing: days keep their distance, values fill the height. Pure. */
export function placePoints(points: readonly TrendPoint[]): { x: number; y: number }[] {
  const days = points.map(({ day }) => Date.parse(day))
  const values = points.map(({ value }) => value)
  const [first = 0, last = 0] = [days[0], days.at(-1)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const share = (value: number, from: number, to: number) => (to > from ? (value - from) / (to - from) : 0.5)
  return points.map((_, index) => ({
    x: inset + share(days[index] ?? 0, first, last) * (width - 2 * inset),
    y: height - inset - share(values[index] ?? 0, low, high) * (height - 2 * inset),
  }))
}

/** How a figure moved over the days, with its highest and lowest said; the same as a table for assistive technology. */
export function TrendLine({ label, points, format, className }: TrendLineProps) {
  const values = points.map(({ value }) => value)
  const placed = placePoints(points)
  const last = placed.at(-1)
  const [from, to] = [points[0], points.at(-1)]
  if (!from || !to || !last) return null
  const path = placed.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
  return (
    <figure aria-label={label} className={cn('flex flex-col gap-1', className)}>
      <div aria-hidden className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          className="h-24 w-full"
          data-mark
          aria-hidden
        >
          {[inset, height / 2, height - inset].map((y) => (
            <path key={y} d={`M0 ${y}H${width}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
          ))}
          <path
            d={`${path}V${height}H${placed[0]?.x ?? 0}Z`}
            className="fill-accent-wash stroke-transparent"
            opacity={0.7}
          />
          <path
            d={path}
            className="fill-none stroke-accent"
            strokeWidth={1.75}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={`M${last.x} ${last.y}h.01`}
            className="stroke-accent"
            strokeWidth={6}
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        <span className="tabular flex flex-col justify-between text-xs text-ink-muted">
          <span>{format(Math.max(...values))}</span>
          <span>{format(Math.min(...values))}</span>
        </span>
        <span className="flex justify-between text-xs text-ink-muted">
          <span>{formatDate(from.day)}</span>
          <span>{formatDate(to.day)}</span>
        </span>
      </div>
      <table className="sr-only">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ day, value }) => (
            <tr key={day}>
              <th scope="row">{formatDate(day)}</th>
              <td>{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
