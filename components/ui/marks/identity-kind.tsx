import { cn } from '../class-names'
import { type iconPaths, PathIcon } from '../path-icon'

export const identityKindLabels = {
  service_account: 'Service account',
  workload: 'Workload',
  api_client: 'API client',
  oauth_app: 'OAuth app',
  bot: 'Bot',
  iam_role: 'IAM role',
  certificate_principal: 'Certificate principal',
  ai_agent: 'AI agent',
  human: 'Person',
} as const

export type IdentityKindName = keyof typeof identityKindLabels

export const identityKindIcons: Record<IdentityKindName, keyof typeof iconPaths> = {
  service_account: 'serverCog',
  workload: 'boxes',
  api_client: 'keySquare',
  oauth_app: 'blocks',
  bot: 'bot',
  iam_role: 'shieldHalf',
  certificate_principal: 'badgeCheck',
  ai_agent: 'sparkles',
  human: 'user',
}

export interface IdentityKindProps {
  kind: IdentityKindName
  /** The icon alone still carries the name for assistive technology and as a title. */
  form?: 'icon' | 'label'
  className?: string
}

/** One icon for each kind, everywhere the same. */
export function IdentityKind({ kind, form = 'icon', className }: IdentityKindProps) {
  const icon = identityKindIcons[kind] ?? 'circleHelp'
  const label = identityKindLabels[kind] ?? 'Unknown kind'
  return (
    <span
      title={form === 'icon' ? label : undefined}
      className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}
    >
      <PathIcon icon={icon} className="size-4 shrink-0 text-ink-muted" strokeWidth={1.75} />
      {form === 'icon' ? <span className="sr-only">{label}</span> : label}
    </span>
  )
}
