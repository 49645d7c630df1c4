import { Avatar } from '@/components/ui/avatar'
import { OwnerChip } from '@/components/ui/marks/owner-chip'
import { ownerKind } from '@/lib/identities/rules'
import type { Identity, Ownership } from '@/lib/identities/schema'

type Named = NonNullable<Identity['owner']['first']>

/** Who answers for an identity: solid when confirmed, outlined with its word when assigned or only suggested. */
export function OwnerCell({ owner, exceptedUntil }: { owner: Identity['owner']; exceptedUntil?: string | undefined }) {
  const { first, count, suggested } = owner
  if (!first) return <OwnerChip owner={null} hasLeft={owner.state === 'left'} exceptedUntil={exceptedUntil} />
  const isSuggested = first.state === 'suggested'
  return (
    <OwnerName owner={first} others={(isSuggested ? suggested : count) - 1} suggested={isSuggested ? 0 : suggested} />
  )
}

export function OwnershipName({ ownership }: { ownership: Ownership }) {
  const { label, ownerKey, state } = ownership
  return <OwnerName owner={{ label, kind: ownerKind(ownerKey), state }} others={0} />
}

/** `others` stand as the first does; `suggested` are only named by a source. */
function OwnerName({ owner, others, suggested = 0 }: { owner: Named; others: number; suggested?: number }) {
  const more = suggested > 0 ? `${suggested} more suggested` : undefined
  const kind = owner.kind === 'team' ? 'team' : 'person'
  if (owner.state !== 'assigned') {
    return (
      <OwnerChip
        owner={{ name: owner.kind === 'text' ? `“${owner.label}”` : owner.label, kind }}
        status={owner.state}
        others={others}
        note={more}
      />
    )
  }
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <Avatar name={owner.label} kind={kind} className="border-dashed bg-transparent" />
      <span className="min-w-0 truncate" title={more ? `${owner.label}; ${more}` : owner.label}>
        {owner.label}
      </span>
      <span className="shrink-0 text-xs text-ink-muted italic">assigned</span>
      {others > 0 ? <span className="tabular shrink-0 text-xs text-ink-muted">+{others}</span> : null}
      {more ? <span className="sr-only">, {more}</span> : null}
    </span>
  )
}
