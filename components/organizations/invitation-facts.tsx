import { roleAbilities } from '@/lib/organizations/rules'
import type { OfferedInvitation } from '@/lib/organizations/schema'
import { formatWord } from '@/lib/platform/browser/format'
import { RelativeTime } from '../ui/relative-time'

/** Who invites whom into what, and until when. */
export function InvitationFacts({ offer }: { offer: OfferedInvitation }) {
  return (
    <>
      <p>
        {offer.invitedBy} invites you as <span className="font-medium text-ink">{formatWord(offer.role)}</span>. The
        link stops working <RelativeTime at={offer.expiresAt} isAhead hasDate />.
      </p>
      <ul aria-label="What you can do there" className="mt-2 flex list-disc flex-col gap-0.5 pl-4">
        {roleAbilities(offer.role).map((ability) => (
          <li key={ability}>{ability}</li>
        ))}
      </ul>
    </>
  )
}
