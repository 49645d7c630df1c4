import { formatDate } from '@/lib/platform/browser/format'
import { Avatar } from '../avatar'
import { cn } from '../class-names'
import { PathIcon } from '../path-icon'

export interface OwnerChipProps {
  /** `null`: nobody answers for it. */
  owner: { name: string; kind: 'person' | 'team' } | null
  /** Confirmed is drawn solid, a suggestion outlined with its word. */
  status?: 'confirmed' | 'suggested'
  /** Somebody answered for it and left. */
  hasLeft?: boolean
  /** Until when nobody has to answer for it: an ISO instant. */
  exceptedUntil?: string | undefined
  /** Of how many more owners this is the first. */
  others?: number
  /** What else is to say of the owner, beside the name: to the pointer and to assistive technology. */
  note?: string | undefined
  className?: string
}

export function OwnerChip(props: OwnerChipProps) {
  const { owner, hasLeft, status = 'confirmed', exceptedUntil, others = 0, note, className } = props
  if (!owner && exceptedUntil) {
    const words = `excepted until ${formatDate(exceptedUntil)}`
    return (
      <span
        title={`No owner, ${words}`}
        className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-ink-muted', className)}
      >
        <span className="grid size-5 shrink-0 place-items-center rounded-full border border-dashed">
          <PathIcon icon="shieldCheck" className="size-3" />
        </span>
        no owner<span className="sr-only">, {words}</span>
      </span>
    )
  }
  if (!owner) {
    return (
      <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-warning-ink', className)}>
        <span aria-hidden className="hatched size-5 shrink-0 rounded-full border border-dashed border-warning-mark" />
        {hasLeft ? 'owner left' : 'no owner'}
      </span>
    )
  }
  const isSuggested = status === 'suggested'
  return (
    <span className={cn('inline-flex max-w-full min-w-0 items-center gap-1.5', className)}>
      <Avatar
        name={owner.name}
        kind={owner.kind}
        className={isSuggested ? 'border-dashed bg-transparent' : 'border-accent-line bg-accent-wash text-accent-ink'}
      />
      <span
        className={cn('min-w-0 truncate', isSuggested && 'text-ink-muted')}
        title={note ? `${owner.name}; ${note}` : owner.name}
      >
        {owner.name}
      </span>
      {isSuggested ? <span className="shrink-0 text-xs text-ink-muted italic">suggested</span> : null}
      {others > 0 ? <span className="tabular shrink-0 text-xs text-ink-muted">+{others}</span> : null}
      {note ? <span className="sr-only">, {note}</span> : null}
    </span>
  )
}
