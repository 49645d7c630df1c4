'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { requestRotation } from '@/lib/lifecycle/actions'
import { type OrderScope, rotationPreviewQuery } from '@/lib/lifecycle/queries'
import { type DeliveryChoice, deliveryOf, noDelivery } from './delivery-field'
import { useLifecycleChange } from './use-lifecycle-change'
import { hrefOfOrder, targetsOf } from './use-revocation'

export interface RotationChoice {
  reason: string
  delivery: DeliveryChoice
  overlapHours: number
  holdHours: number
  endSessions: boolean
  removes: boolean
  /** How many of several at once. */
  waveSize: number
}

const atFirst: RotationChoice = {
  reason: '',
  delivery: noDelivery,
  overlapHours: 24,
  holdHours: 24,
  endSessions: false,
  removes: true,
  waveSize: 5,
}

interface RotationOptions {
  orgId: string
  scope: Exclude<OrderScope, { agentId: string }>
  /** The old secret, if at hand: taken at the moment of asking, and kept nowhere here. */
  takeSecret?: () => string | undefined
  onOrdered?: () => void
}

/** What rotating would do, what a person chose, and the asking for it. */
export function useRotation({ orgId, scope, takeSecret, onOrdered }: RotationOptions) {
  const router = useRouter()
  const [choice, setChoice] = useState(atFirst)
  const preview = useQuery(rotationPreviewQuery(orgId, scope))
  const { run, isPending, error } = useLifecycleChange(orgId, requestRotation, (order) => {
    onOrdered?.()
    router.push(hrefOfOrder(order))
  })
  const { data } = preview
  const targets = targetsOf(scope, data)
  const refused = data?.targets.filter(({ problems }) => problems.length > 0) ?? []
  const delivery = deliveryOf(choice.delivery)
  const isReady =
    data?.can.request === true &&
    refused.length === 0 &&
    targets.length > 0 &&
    delivery !== null &&
    choice.reason.trim() !== '' &&
    !preview.isFetching
  const ask = async () => {
    if (!data || !delivery || !isReady) return
    const { overlapHours, holdHours, endSessions, removes, reason } = choice
    await run({
      ...{ targets, listHash: data.listHash, reason: reason.trim(), delivery },
      ...{ holdHours, endSessions, removes },
      // Where only one works at a time nothing overlaps.
      overlapHours: data.targets.some(({ mode }) => mode === 'overlap') ? overlapHours : 0,
      ...(targets.length > 1 ? { waveSize: choice.waveSize } : {}),
      secret: targets.length === 1 ? takeSecret?.() : undefined,
    })
  }
  return {
    preview,
    targets,
    choice,
    change: (change: Partial<RotationChoice>) => setChoice((last) => ({ ...last, ...change })),
    refused,
    isReady,
    isPending,
    error,
    ask,
  }
}

export type Rotation = ReturnType<typeof useRotation>
