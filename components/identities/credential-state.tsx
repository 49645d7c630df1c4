import { StateBadge, type StateName } from '@/components/ui/marks/state-badge'
import { expiryState, isInUse } from '@/lib/identities/rules'
import type { Credential } from '@/lib/identities/schema'

const states: Record<Credential['status'], { state: StateName; word: string }> = {
  discovered: { state: 'unknown', word: 'Unknown' },
  active: { state: 'active', word: 'Active' },
  rotating: { state: 'running', word: 'Rotating' },
  superseded: { state: 'partial', word: 'Superseded' },
  disabled: { state: 'disabled', word: 'Disabled' },
  deleted: { state: 'gone', word: 'Deleted' },
  gone: { state: 'gone', word: 'Gone' },
}

/** A credential's state; one that could still be used but is past its end reads as expired. */
export function CredentialState({ credential, nowMs }: { credential: Credential; nowMs: number }) {
  const isExpired = isInUse(credential.status) && expiryState(credential, nowMs) === 'expired'
  const { state, word } = isExpired ? { state: 'expired' as const, word: 'Expired' } : states[credential.status]
  return <StateBadge state={state} word={word} />
}

export const credentialStatusWords = Object.fromEntries(
  Object.entries(states).map(([status, { word }]) => [status, word]),
) as Record<Credential['status'], string>
