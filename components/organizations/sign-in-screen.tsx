'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { updateOrganization } from '@/lib/organizations/actions'
import { organizationQuery } from '@/lib/organizations/queries'
import type { Organization } from '@/lib/organizations/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { Alert } from '../ui/alert'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { DescriptionList } from '../ui/description-list'
import { Field } from '../ui/field'
import { StateBadge } from '../ui/marks/state-badge'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { Switch } from '../ui/switch'
import { notifyDone } from '../ui/toast'

export interface SignInFacts {
  /** The identity provider's host name; null while single sign-on is not configured. */
  singleSignOn: string | null
  sessionHours: number
  idleHours: number
  failuresPerAccount: number
}

export interface SignInScreenProps {
  orgId: string
  organization: ActionResult<Organization>
  facts: SignInFacts
}

/** How people come in, and what bounds their sessions. */
export function SignInScreen({ orgId, organization: first, facts }: SignInScreenProps) {
  const organization = useLoaded(organizationQuery(orgId), first)
  if (!organization.data) {
    return <Refusal what="ways to sign in" error={organization.error} onRetry={organization.retry} />
  }
  return (
    <>
      <Section title="Ways to sign in">
        <DescriptionList
          className="max-w-180"
          items={[
            {
              term: 'Single sign-on (OpenID Connect)',
              detail: facts.singleSignOn ? (
                <span className="flex flex-wrap items-center gap-x-3">
                  <StateBadge state="active" word="Configured" />
                  <span className="font-mono text-xs break-all">{facts.singleSignOn}</span>
                </span>
              ) : (
                <StateBadge state="disabled" word="Not configured" />
              ),
            },
            {
              term: 'E-mail and password',
              detail: (
                <PasswordSwitch orgId={orgId} organization={organization.data} hasOidc={facts.singleSignOn !== null} />
              ),
            },
          ]}
        />
        {facts.singleSignOn ? null : (
          <Alert tone="notice" className="mt-3 max-w-180">
            Single sign-on is configured for the whole installation, by the environment variables OIDC_ISSUER,
            OIDC_CLIENT_ID and OIDC_CLIENT_SECRET of the server.
          </Alert>
        )}
      </Section>
      <Section title="Sessions and attempts" detail="the same for the whole installation">
        <DescriptionList
          className="max-w-180"
          items={[
            { term: 'A session ends', detail: `${facts.sessionHours} h after sign-in, whatever happens` },
            { term: 'An unused session ends', detail: `${facts.idleHours} h after its last request` },
            {
              term: 'Failed attempts',
              detail: `${facts.failuresPerAccount} in 15 minutes for one account, then it waits`,
            },
            { term: 'A change of role', detail: 'counts from the member’s next request on' },
          ]}
        />
      </Section>
    </>
  )
}

interface PasswordSwitchProps {
  orgId: string
  organization: Organization
  hasOidc: boolean
}

/** Asks before passwords are switched off, since it ends the way in of everybody who has no other. */
function PasswordSwitch({ orgId, organization, hasOidc }: PasswordSwitchProps) {
  const [isAsking, setIsAsking] = useState(false)
  const [failure, setFailure] = useState<string>()
  const queries = useQueryClient()
  const { passwordSignIn, can } = organization
  const set = async (isOn: boolean) => {
    const saved = await takeResult(updateOrganization({ passwordSignIn: isOn }))
    queries.setQueryData(organizationQuery(orgId).queryKey, saved)
    notifyDone(isOn ? 'Passwords are accepted' : 'Passwords are not accepted any more')
  }
  const onChange = (isOn: boolean) => {
    setFailure(undefined)
    if (!isOn) setIsAsking(true)
    else void set(true).catch((error: Error) => setFailure(error.message))
  }
  return (
    <div className="flex flex-col gap-1">
      <Field
        label={passwordSignIn ? 'Accepted' : 'Not accepted'}
        layout="inline"
        hint={hasOidc ? undefined : 'The only way in at present, so it cannot be switched off.'}
        error={failure}
      >
        <Switch
          checked={passwordSignIn}
          disabled={!can.update || (passwordSignIn && !hasOidc)}
          onCheckedChange={onChange}
        />
      </Field>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setIsAsking}
        title="Accept no passwords any more?"
        confirmLabel="Switch passwords off"
        tone="danger"
        onConfirm={() => set(false)}
      >
        <p>
          Members come into this organization by single sign-on only. Sessions that began with a password lose it at
          their next request, yours too if it did. API keys keep working. You can switch passwords on again at any time.
        </p>
      </ConfirmDialog>
    </div>
  )
}
