import Link from 'next/link'
import type { OfferedInvitation } from '@/lib/organizations/schema'
import { Button } from '../ui/button'
import { SignOutButton } from '../users/sign-out-button'
import { AcceptButton } from './accept-button'
import { JoinForm } from './join-form'

export interface InvitationAnswerProps {
  token: string
  offer: OfferedInvitation
  /** The address of whoever is signed in. */
  signedInAs: string | undefined
  /** The sign-in page that leads back here. */
  signInHref: string
}

/** What the reader can do with the invitation, by who they are to this installation. */
export function InvitationAnswer({ token, offer, signedInAs, signInHref }: InvitationAnswerProps) {
  const { email, organizationName, hasAccount } = offer
  if (signedInAs === email) return <AcceptButton token={token} organizationName={organizationName} />
  if (signedInAs !== undefined) {
    return (
      <div className="flex flex-col items-start gap-4">
        <p className="border-l-2 border-accent-line pl-3 text-sm">
          It is for {email}, and you are signed in as {signedInAs}. Sign out, then open the link again.
        </p>
        <SignOutButton size="lg" />
      </div>
    )
  }
  if (hasAccount) {
    return (
      <div className="flex flex-col items-start gap-4">
        <p className="text-sm text-ink-muted">{email} has an account here. Sign in with it to accept.</p>
        <Button asChild variant="primary" size="lg">
          <Link href={signInHref}>Sign in to accept</Link>
        </Button>
      </div>
    )
  }
  return <JoinForm token={token} email={email} organizationName={organizationName} />
}
