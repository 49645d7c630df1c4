import { cn } from './class-names'

export interface AvatarProps {
  name: string
  size?: 'sm' | 'md'
  /** A team is square, a person is round. */
  kind?: 'person' | 'team'
  className?: string
}

/** The first letters of the first and last word. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return (
    letters
      .map((word) => Array.from(word ?? '')[0] ?? '')
      .join('')
      .toUpperCase() || '?'
  )
}

/** Decorative: the name stands beside it. */
export function Avatar({ name, size = 'sm', kind = 'person', className }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={cn(
        'inline-grid shrink-0 place-items-center border border-line-strong/50 bg-sunken text-ink-muted select-none',
        'text-xs leading-none',
        size === 'sm' ? 'size-5' : 'size-7',
        kind === 'person' ? 'rounded-full' : 'rounded-sm',
        className,
      )}
    >
      {size === 'sm' ? initials(name).slice(0, 1) : initials(name)}
    </span>
  )
}
