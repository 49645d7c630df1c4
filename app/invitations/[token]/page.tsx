import type { Metadata } from 'next'
import Link from 'next/link'
import { InvitationAnswer } from '@/components/organizations/invitation-answer'
import { InvitationFacts } from '@/components/organizations/invitation-facts'
import { Button } from '@/components/ui/button'
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
  const [offer, person] = await Promise.all([runAction(() => getInvitationOffer({ token })), currentSession()])
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
  return (
    <>
      <ThresholdHeading title={`Join ${offer.data.organizationName}`}>
        <InvitationFacts offer={offer.data} />
      </ThresholdHeading>
      <InvitationAnswer
        token={token}
        offer={offer.data}
        signedInAs={person?.email}
        signInHref={signInPath(`/invitations/${token}`)}
      />
    </>
  )
}
