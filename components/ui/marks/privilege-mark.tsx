import { cn } from '../class-names'

export const privilegeLabels = { read: 'Read', write: 'Write', secret_read: 'Secret read', admin: 'Admin' } as const

export type PrivilegeName = keyof typeof privilegeLabels

const order: PrivilegeName[] = ['read', 'write', 'secret_read', 'admin']
const fills: Record<PrivilegeName, string> = {
  read: 'fill-privilege-read',
  write: 'fill-privilege-write',
  secret_read: 'fill-privilege-secret-read',
  admin: 'fill-privilege-admin',
}

export interface PrivilegeMarkProps {
  /** `null`: none at all. `undefined`: not known. */
  privilege: PrivilegeName | null | undefined
  /** With the word beside the steps. */
  hasLabel?: boolean
  className?: string
}

/** Four rising steps, filled up to the privilege: comparable down a column without reading. */
export function PrivilegeMark({ privilege, hasLabel, className }: PrivilegeMarkProps) {
  const reached = privilege ? order.indexOf(privilege) : -1
  const label = privilege ? privilegeLabels[privilege] : privilege === null ? 'None known' : 'Unknown'
  return (
    <span title={hasLabel ? undefined : label} className={cn('inline-flex items-center gap-2', className)}>
      <svg viewBox="0 0 22 14" className="h-3.5 w-5.5 shrink-0" aria-hidden data-mark>
        {order.map((step, index) => {
          const height = 4 + index * 3
          const isFilled = index <= reached && privilege
          return (
            <rect
              key={step}
              x={index * 5.5 + 0.5}
              y={13.5 - height}
              width={4}
              height={height}
              rx={0.75}
              strokeWidth={0.75}
              strokeDasharray={privilege === undefined ? '1.5 1.5' : undefined}
              className={isFilled ? cn(fills[privilege], 'stroke-transparent') : 'fill-none stroke-line-strong'}
            />
          )
        })}
      </svg>
      <span
        className={cn(
          !hasLabel && 'sr-only',
          'whitespace-nowrap',
          !privilege && 'text-ink-muted',
          privilege === undefined && 'italic',
        )}
      >
        {hasLabel && !privilege ? label.toLowerCase() : label}
      </span>
    </span>
  )
}
