import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from '../ui/class-names'

export interface BarItem {
  id: string
  label: ReactNode
  value: number
  href?: string
  /** A background class of the tokens; by default the accent's line colour. */
  colour?: string
  /** Of what the value is made up, from left to right, each in its own colour; instead of `colour`. */
  parts?: { value: number; colour: string }[]
}

export interface BarListProps {
  label: string
  items: BarItem[]
  /** The value of a full bar; by default the greatest of them. */
  max?: number
  className?: string
}

/** Figures to be compared down a column: name, bar, number. Each row opens the list of exactly these. */
export function BarList({ label, items, max, className }: BarListProps) {
  const full = Math.max(1, max ?? Math.max(0, ...items.map((item) => item.value)))
  return (
    <ul aria-label={label} className={cn('flex flex-col', className)}>
      {items.map((item) => (
        <li key={item.id}>
          <BarRow item={item} share={Math.min(1, item.value / full)} />
        </li>
      ))}
    </ul>
  )
}

function BarRow({ item, share }: { item: BarItem; share: number }) {
  const content = (
    <>
      <span className="min-w-0 truncate *:align-middle">{item.label}</span>
      <span aria-hidden data-mark className="h-1.5 overflow-hidden rounded-xs bg-hover">
        <span
          className={cn('flex h-full overflow-hidden rounded-xs', item.parts ? '' : (item.colour ?? 'bg-accent'))}
          style={{ width: item.value > 0 ? `max(2px, ${share * 100}%)` : 0 }}
        >
          {item.parts?.map(({ value, colour }) => (
            <span key={colour} className={colour} style={{ flexGrow: value }} />
          ))}
        </span>
      </span>
      <span className={cn('tabular text-right', item.value === 0 ? 'text-ink-muted' : 'font-medium')}>
        {formatNumber(item.value)}
      </span>
    </>
  )
  const classes = 'grid h-7 grid-cols-[minmax(0,9rem)_minmax(2rem,1fr)_3rem] items-center gap-3 text-sm'
  return item.href ? (
    <Link href={item.href} className={cn(classes, '-mx-2 rounded-sm px-2 hover:bg-hover')}>
      {content}
    </Link>
  ) : (
    <span className={classes}>{content}</span>
  )
}
