import { cn } from '@/components/ui/class-names'

/** What the shapes of a drawing mean, once for all its lanes. */
export function MarkLegend({ entries }: { entries: readonly { shape: string; label: string }[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted" aria-label="What the marks mean">
      {entries.map(({ shape, label }) => (
        <li key={label} className="inline-flex items-center gap-1.5">
          <span className={cn('inline-block shrink-0', shape)} aria-hidden data-mark />
          {label}
        </li>
      ))}
    </ul>
  )
}
