import type { ReactNode } from 'react'
import { cn } from './class-names'
import { type Tone, toneBorder, toneInk, toneWash } from './tone'

export interface BadgeProps {
  children: ReactNode
  tone?: Tone
  icon?: ReactNode
  /** Solid: known or confirmed. Outlined: suggested or unverified. */
  form?: 'solid' | 'outlined'
  className?: string
}

export function Badge({ children, tone = 'quiet', icon, form = 'solid', className }: BadgeProps) {
  return (
    <span
      className={cn(
        'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 text-xs [&_svg]:size-3 [&_svg]:shrink-0',
        toneInk[tone],
        form === 'solid' ? cn('border-transparent', toneWash[tone]) : cn('border-dashed', toneBorder[tone]),
        className,
      )}
    >
      {icon}
      {children}
    </span>
  )
}
