import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './class-names'
import { Slot } from './slot'

const base =
  'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap border text-sm font-medium select-none transition-colors duration-75 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0'
const variants = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border-line-strong/70 bg-raised text-ink hover:bg-hover',
  ghost: 'border-transparent text-ink hover:bg-hover aria-expanded:bg-hover',
  danger: 'border-transparent bg-danger text-on-accent hover:bg-danger-ink',
  'danger-outline': 'border-danger-mark/60 bg-raised text-danger-ink hover:bg-danger-wash',
  link: 'h-auto! border-transparent px-0! text-accent-ink underline decoration-accent-line underline-offset-3 hover:decoration-accent-ink',
}
const sizes = { sm: 'h-6 rounded-sm px-2', md: 'h-7 rounded-md px-2.5', lg: 'h-9 rounded-md px-3.5' }

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  /** Draws the button's look on the one child element, for links. */
  asChild?: boolean
  /** Work is under way: the button stays in place, shows it and does nothing. */
  isPending?: boolean
  icon?: ReactNode
}

export function Button({
  className,
  variant = 'secondary',
  size = 'md',
  asChild,
  isPending,
  icon,
  children,
  ...props
}: ButtonProps) {
  const classes = cn(base, variants[variant], sizes[size], className)
  if (asChild) {
    return (
      <Slot className={classes} {...props}>
        {children}
      </Slot>
    )
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={isPending || undefined}
      aria-disabled={isPending || undefined}
      {...props}
      onClick={isPending ? (event) => event.preventDefault() : props.onClick}
    >
      {isPending ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  )
}
