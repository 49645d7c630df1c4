import type { Metadata } from 'next'
import Link from 'next/link'
import { AcceptButton } from '@/components/organizations/accept-button'
import { InvitationFacts } from '@/components/organizations/invitation-facts'
import { JoinForm } from '@/components/organizations/join-form'
import { Button } from '@/components/ui/button'
import { SignOutButton } from '@/components/users/sign-out-button'
import { ThresholdHeading } from '@/components/users/threshold'
import { getInvitationOffer } from '@/lib/organizations/server/get-invitation-offer'
import { signInPath } from '@/lib/platform/auth/return-path'
import { currentSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

/** The address holds the link's secret, so it must not travel to other sites. */
export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

interface Props {
  params: Promise<{ token: string }>
}

export default async function InvitationPage({ params }: Props) {
  const { token } = await params
  const offer = await runAction(() => getInvitationOffer({ token }))
  if (!offer.ok) {
    return (
      <>
        <ThresholdHeading title="This invitation cannot be used">{offer.error.message}</ThresholdHeading>
        <div>
          <Button asChild size="lg">
            <Link href="/sign-in">Go to sign-in</Link>
          </Button>
        </div>
      </>
    )
  }
  const { organizationName, email, hasAccount } = offer.data
  const person = await currentSession()
  return (
    <>
      <ThresholdHeading title={`Join ${organizationName}`}>
        <InvitationFacts offer={offer.data} />
      </ThresholdHeading>
      {person?.email === email ? (
        <AcceptButton token={token} organizationName={organizationName} />
      ) : person ? (
        <div className="flex flex-col items-start gap-4">
          <p className="border-l-2 border-accent-line pl-3 text-sm">
            It is for {email}, and you are signed in as {person.email}. Sign out, then open the link again.
          </p>
          <SignOutButton size="lg" />
        </div>
      ) : hasAccount ? (
        <div className="flex flex-col items-start gap-4">
          <p className="text-sm text-ink-muted">{email} has an account here. Sign in with it to accept.</p>
          <Button asChild variant="primary" size="lg">
            <Link href={signInPath(`/invitations/${token}`)}>Sign in to accept</Link>
          </Button>
        </div>
      ) : (
        <JoinForm token={token} email={email} organizationName={organizationName} />
      )}
    </>
  )
}
