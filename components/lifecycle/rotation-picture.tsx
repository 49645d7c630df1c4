import { cn } from '@/components/ui/class-names'
import type { RotationPreview } from '@/lib/lifecycle/schema'

interface RotationPictureProps {
  target: RotationPreview['targets'][number]
  overlapHours: number
  holdHours: number
}

const hours = (count: number) => (count >= 48 && count % 24 === 0 ? `${count / 24} days` : `${count} h`)

/** Two bars: how long the old secret works, and from when the new one does. */
export function RotationPicture({ target: { mode, canRestore, twin }, overlapHours, holdHours }: RotationPictureProps) {
  const isOverlap = mode === 'overlap' && overlapHours > 0
  const sentence = isOverlap
    ? `Old and new work side by side for ${hours(overlapHours)}. Nothing that has the old one breaks before.`
    : mode === 'overlap'
      ? 'The old one ends as soon as the new one was taken.'
      : 'Only one works at a time here. Whatever has the old one fails from the change on, until it has the new one.'
  return (
    <figure className="flex flex-col gap-2">
      <div className="grid grid-cols-[3rem_minmax(0,1fr)] items-center gap-x-3 gap-y-1.5 text-xs" aria-hidden data-mark>
        <span className="truncate">{twin ? 'In use' : 'Old'}</span>
        <Track>
          <Span from={0} to={isOverlap ? 70 : 40} className="bg-quiet-mark/50">
            works
          </Span>
          {holdHours > 0 && canRestore ? (
            <Span from={isOverlap ? 70 : 40} to={100} className="hatched">
              off, can come back for {hours(holdHours)}
            </Span>
          ) : null}
        </Track>
        <span className="truncate">{twin ? 'Twin' : 'New'}</span>
        <Track>
          <Span from={40} to={100} className="bg-good-mark/50">
            works
          </Span>
        </Track>
      </div>
      <figcaption className={cn('text-sm', isOverlap ? 'text-ink' : 'text-warning-ink')}>
        {sentence}
        {canRestore ? '' : ' The old one cannot be brought back.'}
      </figcaption>
    </figure>
  )
}

function Track({ children }: { children: React.ReactNode }) {
  return <span className="relative block h-5 overflow-hidden rounded-xs bg-hover">{children}</span>
}

interface SpanProps {
  from: number
  to: number
  className: string
  children: React.ReactNode
}

function Span({ from, to, className, children }: SpanProps) {
  return (
    <span
      className={cn('absolute inset-y-0 flex items-center overflow-hidden px-1 whitespace-nowrap', className)}
      style={{ left: `${from}%`, width: `${to - from}%` }}
    >
      <span className="truncate rounded-xs bg-canvas px-1">{children}</span>
    </span>
  )
}
