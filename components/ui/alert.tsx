import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './class-names'
import { type Tone, toneBorder, toneInk, toneWash } from './tone'

export interface AlertProps {
  tone?: Tone
  title?: string
  children?: ReactNode
  actions?: ReactNode
  /** Appears after a user's action, so it must be spoken. */
  isLive?: boolean
  className?: string
}

const icons: Record<Tone, ReactNode> = {
  danger: <CircleX aria-hidden />,
  warning: <TriangleAlert aria-hidden />,
  notice: <Info aria-hidden />,
  good: <CircleCheck aria-hidden />,
  quiet: <Info aria-hidden />,
}

/** A statement in the place that it concerns. */
export function Alert({ tone = 'notice', title, children, actions, isLive, className }: AlertProps) {
  return (
    <div
      role={isLive ? (tone === 'danger' ? 'alert' : 'status') : undefined}
      className={cn(
        'flex items-start gap-2 rounded-md border px-3 py-2 text-sm',
        actions && 'max-sm:flex-wrap',
        toneBorder[tone],
        toneWash[tone],
        className,
      )}
    >
      <span className={cn('mt-0.5 [&_svg]:size-4', toneInk[tone])}>{icons[tone]}</span>
      <div className="min-w-0 flex-1">
        {title ? <p className={cn('font-medium', toneInk[tone])}>{title}</p> : null}
        {children ? <div className="max-w-[72ch] text-ink">{children}</div> : null}
      </div>
      {actions ? (
        <div className="flex shrink-0 items-center gap-2 max-sm:w-full max-sm:flex-wrap max-sm:pl-6">{actions}</div>
      ) : null}
    </div>
  )
}
