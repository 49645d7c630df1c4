import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from './class-names'
import { type Tone, toneInk } from './tone'

export interface StatProps {
  label: string
  /** `undefined`: not known, said so. */
  value: number | undefined
  /** The list that holds exactly these. */
  href?: string
  /** One line: of how many, why it matters. */
  hint?: ReactNode
  /** Colours the number when it is above zero. Give an icon with it. */
  tone?: Tone
  icon?: ReactNode
  /** A small chart under the number. */
  children?: ReactNode
}

export function Stat({ label, value, href, hint, tone = 'quiet', icon, children }: StatProps) {
  const isLit = tone !== 'quiet' && value !== undefined && value > 0
  const content = (
    <>
      <span className="flex flex-1 items-start gap-1.5 text-xs text-ink-muted [&_svg]:mt-px [&_svg]:size-3.5 [&_svg]:shrink-0">
        {icon ? <span className={isLit ? toneInk[tone] : undefined}>{icon}</span> : null}
        {label}
      </span>
      <span className={cn('tabular text-lg font-medium', isLit ? toneInk[tone] : 'text-ink')}>
        {value === undefined ? <span className="text-base font-normal italic">unknown</span> : formatNumber(value)}
      </span>
      {hint ? <span className="text-xs text-ink-muted">{hint}</span> : null}
      {children}
    </>
  )
  const classes = '-mr-px -mb-px flex min-w-0 flex-col gap-0.5 border-r border-b px-4 py-3 md:first:pl-6'
  return href ? (
    <Link href={href} className={cn(classes, 'hover:bg-hover focus-visible:-outline-offset-2')}>
      {content}
    </Link>
  ) : (
    <div className={classes}>{content}</div>
  )
}

/** Stats side by side, divided by hairlines; wraps by itself. */
export function StatRow({ children, label, className }: { children: ReactNode; label: string; className?: string }) {
  return (
    <section
      aria-label={label}
      className={cn(
        'grid grid-cols-2 overflow-hidden border-b max-sm:[&>*:last-child:nth-child(odd)]:col-span-2 sm:grid-cols-[repeat(auto-fit,minmax(10rem,1fr))]',
        className,
      )}
    >
      {children}
    </section>
  )
}
