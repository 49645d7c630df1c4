import type { ReactNode } from 'react'
import { cn } from './class-names'
import { MiddleTruncate } from './middle-truncate'

export interface PageHeaderProps {
  /** The page's only h1. */
  title: ReactNode
  /** What kind of thing this is: an icon and a word, or the way back up. */
  eyebrow?: ReactNode
  /** The id, ARN or fingerprint, shown in mono with a copy button. */
  identifier?: string
  /** Its state in one sentence. */
  children?: ReactNode
  /** The one or two actions that matter now; the rest behind a menu. */
  actions?: ReactNode
  /** `LinkTabs`. */
  tabs?: ReactNode
  className?: string
}

export function PageHeader({ title, eyebrow, identifier, children, actions, tabs, className }: PageHeaderProps) {
  return (
    <header className={cn('border-b px-4 pt-4 md:px-6', tabs ? '' : 'graduated pb-4', className)}>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-full">
          {eyebrow ? (
            <div className="mb-0.5 flex items-center gap-1.5 text-xs text-ink-muted [&_svg]:size-3.5">{eyebrow}</div>
          ) : null}
          <h1 className="text-lg font-medium tracking-[-0.011em] break-words">{title}</h1>
          {identifier ? (
            <MiddleTruncate value={identifier} keepEnd={16} copyLabel="identifier" className="text-ink-muted" />
          ) : null}
          {children ? <div className="mt-1 max-w-[72ch] text-sm text-ink-muted">{children}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {tabs ? <div className="mt-3">{tabs}</div> : null}
    </header>
  )
}

export interface SectionProps {
  title: string
  /** Beside the title: a count or a sentence. */
  detail?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}

/** A part of a page, divided from the next by space and a hairline, not by a box. */
export function Section({ title, detail, actions, children, className }: SectionProps) {
  return (
    <section aria-label={title} className={cn('border-b px-4 py-4 last:border-b-0 md:px-6', className)}>
      <div className="mb-2 flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <h2 className="text-base font-medium">{title}</h2>
          {detail ? <div className="text-sm text-ink-muted">{detail}</div> : null}
        </div>
        {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
      </div>
      {children}
    </section>
  )
}
