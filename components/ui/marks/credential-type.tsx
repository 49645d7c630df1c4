import {
  CircleHelp,
  FileBadge,
  KeyRound,
  type LucideIcon,
  RectangleEllipsis,
  RefreshCcw,
  Signature,
  SquareAsterisk,
  Terminal,
  Ticket,
} from 'lucide-react'
import { cn } from '../class-names'

export const credentialTypeLabels = {
  password: 'Password',
  api_key: 'API key',
  access_token: 'Access token',
  refresh_token: 'Refresh token',
  client_secret: 'Client secret',
  certificate: 'Certificate',
  ssh_key: 'SSH key',
  signing_key: 'Signing key',
} as const

export type CredentialTypeName = keyof typeof credentialTypeLabels

const icons: Record<CredentialTypeName, LucideIcon> = {
  password: RectangleEllipsis,
  api_key: KeyRound,
  access_token: Ticket,
  refresh_token: RefreshCcw,
  client_secret: SquareAsterisk,
  certificate: FileBadge,
  ssh_key: Terminal,
  signing_key: Signature,
}

export interface CredentialTypeProps {
  type: CredentialTypeName
  form?: 'icon' | 'label'
  className?: string
}

export function CredentialType({ type, form = 'icon', className }: CredentialTypeProps) {
  const Icon = icons[type] ?? CircleHelp
  const label = credentialTypeLabels[type] ?? 'Unknown type'
  return (
    <span title={form === 'icon' ? label : undefined} className={cn('inline-flex items-center gap-1.5', className)}>
      <Icon className="size-4 shrink-0 text-ink-muted" strokeWidth={1.75} aria-hidden />
      <span className={form === 'icon' ? 'sr-only' : 'whitespace-nowrap'}>{label}</span>
    </span>
  )
}
