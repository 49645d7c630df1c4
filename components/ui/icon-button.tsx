import type { ReactNode } from 'react'
import { Button, type ButtonProps } from './button'
import { cn } from './class-names'
import { Tooltip } from './tooltip'

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'asChild'> {
  /** The name that assistive technology speaks and the tooltip shows. */
  label: string
  children: ReactNode
  /** Shortcut shown in the tooltip, in the notation of the shortcut registry. */
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
}

export function IconButton({
  label,
  keys,
  side,
  className,
  variant = 'ghost',
  size,
  children,
  ...props
}: IconButtonProps) {
  return (
    <Tooltip content={label} keys={keys} side={side}>
      <Button
        aria-label={label}
        variant={variant}
        size={size}
        className={cn(size === 'sm' ? 'w-6' : size === 'lg' ? 'w-9' : 'w-7', 'px-0 [&_svg]:size-4', className)}
        {...props}
      >
        {children}
      </Button>
    </Tooltip>
  )
}
