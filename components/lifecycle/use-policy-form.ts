'use client'

import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import {
  CreatePolicyInput,
  DraftRules,
  PolicyFilter,
  type PolicyRules,
  type RotationPolicyDetail,
} from '@/lib/lifecycle/policies'
import { policyPreviewQuery } from '@/lib/lifecycle/policy-queries'
import { choiceOf, type DeliveryChoice, deliveryOf } from './delivery-field'

/** A policy as it stands in the form. */
export interface PolicyDraft {
  name: string
  /** As in the address of the inventory. */
  filter: Record<string, string>
  intervalDays: number
  maxAgeDays: number
  isAutomatic: boolean
  hasWindow: boolean
  timeZone: string
  days: number[]
  from: string
  to: string
  overlapHours: number
  quietHours: number
  holdHours: number
  endSessions: boolean
  atOnce: number
  approval: 'threshold' | 'always' | 'score'
  approvalScore: number
  approvalTiers: PolicyRules['approvalTiers']
  delivery: DeliveryChoice
}

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** A new policy: board only, so that nothing begins that nobody has thought about. */
function newDraft(): PolicyDraft {
  return {
    ...{ name: '', filter: {}, intervalDays: 90, maxAgeDays: 120, isAutomatic: false },
    ...{ hasWindow: true, timeZone: here(), days: [1, 2, 3, 4], from: '10:00', to: '15:00' },
    ...{ overlapHours: 24, quietHours: 0, holdHours: 24, endSessions: false, atOnce: 5 },
    ...{ approval: 'threshold', approvalScore: 60, approvalTiers: [] },
    delivery: choiceOf(null, true),
  }
}

function draftOf({ name, filter, rules }: RotationPolicyDetail): PolicyDraft {
  const { window, delivery, approvalScore } = rules
  const fresh = newDraft()
  return {
    ...fresh,
    name,
    filter: Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, String(value)])),
    ...{ intervalDays: rules.intervalDays, maxAgeDays: rules.maxAgeDays, isAutomatic: rules.isAutomatic },
    hasWindow: window !== null,
    ...(window ?? {}),
    ...{ overlapHours: rules.overlapHours, quietHours: rules.quietHours, holdHours: rules.holdHours },
    ...{ endSessions: rules.endSessions, atOnce: rules.atOnce, approvalTiers: rules.approvalTiers },
    approval: approvalScore === null ? 'threshold' : approvalScore === 0 ? 'always' : 'score',
    approvalScore: approvalScore || fresh.approvalScore,
    delivery: choiceOf(delivery, true),
  }
}

const scores = { threshold: () => null, always: () => 0, score: (score: number) => score }

function inputOf(draft: PolicyDraft) {
  const { timeZone, days, from, to } = draft
  return {
    name: draft.name,
    filter: draft.filter,
    rules: {
      ...{ types: [], intervalDays: draft.intervalDays, maxAgeDays: draft.maxAgeDays },
      ...{ overlapHours: draft.overlapHours, quietHours: draft.quietHours, holdHours: draft.holdHours },
      ...{ endSessions: draft.endSessions, removes: true, atOnce: draft.atOnce, isAutomatic: draft.isAutomatic },
      window: draft.hasWindow ? { timeZone, days: [...days].sort(), from, to } : null,
      delivery: deliveryOf(draft.delivery),
      approvalScore: scores[draft.approval](draft.approvalScore),
      approvalTiers: draft.approvalTiers,
    },
  }
}

/** A policy as it is written, what is wrong with it, and what it would do. */
export function usePolicyForm(orgId: string, policy: RotationPolicyDetail | undefined) {
  const [start, setStart] = useState(() => (policy ? draftOf(policy) : newDraft()))
  const [draft, setDraft] = useState(start)
  const input = inputOf(draft)
  const parsed = CreatePolicyInput.safeParse(input)
  const errors = new Map(
    (parsed.error?.issues ?? []).map(({ path, message }) => [
      path.filter((part) => typeof part === 'string').join('.'),
      message,
    ]),
  )
  const isWhole = PolicyFilter.safeParse(input.filter).success && DraftRules.safeParse(input.rules).success
  const asked = useDeferredValue(
    JSON.stringify(isWhole ? { ...(policy ? { id: policy.id } : {}), filter: input.filter, rules: input.rules } : null),
  )
  const preview = useQuery(policyPreviewQuery(orgId, JSON.parse(asked)))
  return {
    draft,
    change: (change: Partial<PolicyDraft>) => setDraft((last) => ({ ...last, ...change })),
    input,
    errors,
    isDirty: JSON.stringify(draft) !== JSON.stringify(start),
    reset: () => setDraft(start),
    settle: () => setStart(draft),
    preview,
    isWhole,
  }
}

export type PolicyForm = ReturnType<typeof usePolicyForm>
