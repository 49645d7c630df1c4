import { Avatar } from '@/components/ui/avatar'
import { OwnerChip } from '@/components/ui/marks/owner-chip'
import { ownerKind } from '@/lib/identities/rules'
import type { Identity, Ownership } from '@/lib/identities/schema'

type Named = NonNullable<Identity['owner']['first']>

/** Who answers for an identity: solid when confirmed, outlined with its word when assigned or only suggested. */
export function OwnerCell({ owner, exceptedUntil }: { owner: Identity['owner']; exceptedUntil?: string | undefined }) {
  const { first, count } = owner
  if (!first) return <OwnerChip owner={null} exceptedUntil={exceptedUntil} />
  return <OwnerName owner={first} others={count - 1} />
}

export function OwnershipName({ ownership }: { ownership: Ownership }) {
  const { label, ownerKey, state } = ownership
  return <OwnerName owner={{ label, kind: ownerKind(ownerKey), state }} others={0} />
}

function OwnerName({ owner, others }: { owner: Named; others: number }) {
  const kind = owner.kind === 'team' ? 'team' : 'person'
  if (owner.state !== 'assigned') {
    return (
      <OwnerChip
        owner={{ name: owner.kind === 'text' ? `“${owner.label}”` : owner.label, kind }}
        status={owner.state}
        others={others}
      />
    )
  }
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <Avatar name={owner.label} kind={kind} className="border-dashed bg-transparent" />
      <span className="min-w-0 truncate" title={owner.label}>
        {owner.label}
      </span>
      <span className="shrink-0 text-xs text-ink-muted italic">assigned</span>
      {others > 0 ? <span className="tabular shrink-0 text-xs text-ink-muted">+{others}</span> : null}
    </span>
  )
}
