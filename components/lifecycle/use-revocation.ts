'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { requestRevocation } from '@/lib/lifecycle/actions'
import { type OrderScope, revocationPreviewQuery } from '@/lib/lifecycle/queries'
import type { Order, OrderTarget, RevocationPreview } from '@/lib/lifecycle/schema'
import { targetWords } from './run-words'
import { useLifecycleChange } from './use-lifecycle-change'

export interface RevocationChoice {
  reason: string
  endSessions: boolean
  removes: boolean
}

interface RevocationOptions {
  orgId: string
  /** As it is at first; targets can be left out afterwards. */
  scope: OrderScope
  isEmergency?: boolean
  /** The leaked secret, if at hand: taken at the moment of asking, and kept nowhere here. */
  takeSecret?: () => string | undefined
  onOrdered?: (order: Order) => void
}

/** Where an order is looked at: its one run, or the order itself when it waits or has several. */
export function hrefOfOrder({ id, state, runs }: Pick<Order, 'id' | 'state' | 'runs'>): string {
  const [only, ...others] = runs
  return only && others.length === 0 && state !== 'waiting' ? `/runs/${only.id}` : `/orders/${id}`
}

const keyOf = ({ identityId, credentialId }: OrderTarget) => `${identityId} ${credentialId ?? ''}`

/** The exact list that a scope names, once its preview has told it. */
export function targetsOf(scope: OrderScope, preview: { targets: OrderTarget[] } | undefined): OrderTarget[] {
  if ('targets' in scope) return scope.targets
  return preview?.targets.map(({ identityId, credentialId }) => ({ identityId, credentialId })) ?? []
}

/** What revoking would do, what a person chose, and the asking for it. The page of the run is where it leads. */
export function useRevocation({ orgId, scope: given, isEmergency = false, takeSecret, onOrdered }: RevocationOptions) {
  const router = useRouter()
  const [scope, setScope] = useState(given)
  const [kept, setKept] = useState<RevocationPreview['shared']>([])
  const [choice, setChoice] = useState<RevocationChoice>({ reason: '', endSessions: true, removes: false })
  const preview = useQuery(revocationPreviewQuery(orgId, scope))
  const { run, isPending, error } = useLifecycleChange(orgId, requestRevocation, (order) => {
    onOrdered?.(order)
    router.push(hrefOfOrder(order))
  })
  const { data } = preview
  const targets = targetsOf(scope, data)
  const refused = data?.targets.filter(({ problems }) => problems.length > 0) ?? []
  const isReady =
    data?.can.request === true &&
    refused.length === 0 &&
    targets.length > 0 &&
    choice.reason.trim() !== '' &&
    !preview.isFetching
  const ask = async () => {
    if (!data || !isReady) return
    await run({
      targets,
      listHash: data.listHash,
      reason: choice.reason.trim(),
      isEmergency,
      endSessions: choice.endSessions,
      removes: choice.removes,
      secret: targets.length === 1 ? takeSecret?.() : undefined,
    })
  }
  const shared = kept.length > 0 ? kept : (data?.shared ?? [])
  const leaveOut = (out: readonly OrderTarget[]) => {
    // A list does not say of which agent it was: what stays is told on.
    setKept(shared)
    setScope({ targets: targets.filter((each) => !out.some((other) => keyOf(other) === keyOf(each))) })
  }
  return {
    preview,
    /** Takes targets off the list. */
    leaveOut,
    /** What an agent acts by together with others, and what stays therefore. */
    shared,
    /** The exact list; as long as it is not known, what it was asked for by. */
    targets,
    choice,
    change: (change: Partial<RevocationChoice>) => setChoice((last) => ({ ...last, ...change })),
    refused,
    isReady,
    isPending,
    error,
    ask,
  }
}

export type Revocation = ReturnType<typeof useRevocation>

/** The verb of the button: what it does, to what. */
export function revokeVerb(
  shown: readonly { name: string; credentialName: string | null }[],
  targets: readonly OrderTarget[],
): string {
  const [only] = shown
  if (targets.length === 1 && only) return `Revoke ${only.credentialName ?? only.name}`
  return `Revoke ${targetWords(targets)}`
}
