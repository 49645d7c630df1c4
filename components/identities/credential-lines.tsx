import { AgeBar } from '@/components/ui/marks/age-bar'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { ageInDays } from '@/lib/identities/rules'
import type { AgePolicy, Credential } from '@/lib/identities/schema'
import { CredentialState } from './credential-state'

const shown = 8

interface CredentialLinesProps {
  credentials: Credential[]
  policy: AgePolicy
  asOf: string
}

/** Credentials in brief, one to a line. */
export function CredentialLines({ credentials, policy, asOf }: CredentialLinesProps) {
  const nowMs = Date.parse(asOf)
  if (credentials.length === 0) {
    return <p className="text-sm text-ink-muted">No credential of it is known.</p>
  }
  return (
    <ul className="flex flex-col">
      {credentials.slice(0, shown).map((credential) => (
        <li
          key={credential.id}
          className="grid min-h-row grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b py-1 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_6.5rem_8rem_8rem]"
        >
          <span className="flex min-w-0 items-center gap-1.5">
            <CredentialType type={credential.type} />
            <span className="truncate" title={credential.name}>
              {credential.name}
            </span>
          </span>
          <CredentialState credential={credential} nowMs={nowMs} />
          <AgeBar
            ageDays={ageInDays(credential.rotatedAt ?? credential.issuedAt, nowMs) ?? undefined}
            policyDays={policy.rotateAfterDays}
            exceptedUntil={credential.identity?.excepted.rotation}
            hasLabel
          />
          <ExpiryText
            expiresAt={credential.expiresAt ?? (credential.neverExpires ? null : undefined)}
            exceptedUntil={credential.identity?.excepted.expiry}
          />
        </li>
      ))}
      {credentials.length > shown ? (
        <li className="py-1 text-ink-muted">and {credentials.length - shown} more, on its page</li>
      ) : null}
    </ul>
  )
}
