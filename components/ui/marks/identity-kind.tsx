import {
  BadgeCheck,
  Blocks,
  Bot,
  Boxes,
  CircleHelp,
  KeySquare,
  type LucideIcon,
  ServerCog,
  ShieldHalf,
  Sparkles,
  User,
} from 'lucide-react'
import { cn } from '../class-names'

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

export const identityKindIcons: Record<IdentityKindName, LucideIcon> = {
  service_account: ServerCog,
  workload: Boxes,
  api_client: KeySquare,
  oauth_app: Blocks,
  bot: Bot,
  iam_role: ShieldHalf,
  certificate_principal: BadgeCheck,
  ai_agent: Sparkles,
  human: User,
}

export interface IdentityKindProps {
  kind: IdentityKindName
  /** The icon alone still carries the name for assistive technology and as a title. */
  form?: 'icon' | 'label'
  className?: string
}

/** One icon for each kind, everywhere the same. */
export function IdentityKind({ kind, form = 'icon', className }: IdentityKindProps) {
  const Icon = identityKindIcons[kind] ?? CircleHelp
  const label = identityKindLabels[kind] ?? 'Unknown kind'
  return (
    <span title={form === 'icon' ? label : undefined} className={cn('inline-flex items-center gap-1.5', className)}>
      <Icon className="size-4 shrink-0 text-ink-muted" strokeWidth={1.75} aria-hidden />
      <span className={form === 'icon' ? 'sr-only' : 'whitespace-nowrap'}>{label}</span>
    </span>
  )
}
