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

/** One of four rising steps. */
function step(index: number): string {
  const height = 4 + index * 3
  const side = height - 1.5
  return `M${index * 5.5 + 1.25} ${13.5 - height}h2.5a.75.75 0 0 1 .75.75v${side}a.75.75 0 0 1-.75.75h-2.5a.75.75 0 0 1-.75-.75v-${side}a.75.75 0 0 1 .75-.75z`
}

const steps = order.map((_, index) => step(index))
/** The steps up to each privilege, and those above it. */
const reached = steps.map((_, index) => steps.slice(0, index + 1).join(''))
const above = ['', ...steps].map((_, index) => steps.slice(index).join(''))

export interface PrivilegeMarkProps {
  /** `null`: none at all. `undefined`: not known. */
  privilege: PrivilegeName | null | undefined
  /** With the word beside the steps. */
  hasLabel?: boolean
  className?: string
}

/** Four rising steps, filled up to the privilege: comparable down a column without reading. */
export function PrivilegeMark({ privilege, hasLabel, className }: PrivilegeMarkProps) {
  const level = privilege ? order.indexOf(privilege) : -1
  const label = privilege ? privilegeLabels[privilege] : privilege === null ? 'None known' : 'Unknown'
  const words = hasLabel && !privilege ? label.toLowerCase() : label
  return (
    <span
      title={hasLabel ? undefined : label}
      className={cn(
        'inline-flex items-center gap-2 whitespace-nowrap',
        !privilege && 'text-ink-muted',
        privilege === undefined && 'italic',
        className,
      )}
    >
      <svg viewBox="0 0 22 14" className="h-3.5 w-5.5 shrink-0" aria-hidden data-mark>
        {privilege ? <path d={reached[level]} className={fills[privilege]} /> : null}
        {privilege === 'admin' ? null : (
          <path
            d={above[level + 1]}
            strokeWidth={0.75}
            strokeDasharray={privilege === undefined ? '1.5 1.5' : undefined}
            className="fill-none stroke-line-strong"
          />
        )}
      </svg>
      {hasLabel ? words : <span className="sr-only">{words}</span>}
    </span>
  )
}
