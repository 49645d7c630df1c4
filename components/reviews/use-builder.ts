'use client'

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { campaignPreviewQuery } from '@/lib/reviews/queries'
import { type CampaignDetail, CreateCampaignInput, PreviewCampaignInput } from '@/lib/reviews/schema'
import { CampaignRules, type ReviewTemplate, type StageRules } from '@/lib/reviews/templates'
import type { ItemLevel, TemplateKind } from '@/lib/reviews/values'

/** What a campaign covers, as the form holds it: filters are the values of an address. */
export type Scope =
  | { kind: 'identities'; filter: Record<string, string> }
  | { kind: 'credentials'; filter: Record<string, string> }
  | { kind: 'view'; viewId: string }
  | { kind: 'new'; days: number }
  | { kind: 'ids'; ids: string[] }

export interface BuilderDraft {
  name: string
  description: string
  level: ItemLevel
  scope: Scope
  rules: CampaignRules
}

type Given = Pick<CampaignDetail, 'name' | 'description' | 'level' | 'scope'> & { rules: unknown }

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Rules as they are kept, even half-filled ones of a template: what is missing gets its usual value. */
function rulesOf(rules: unknown): CampaignRules {
  const given = typeof rules === 'object' && rules !== null ? rules : {}
  const parsed = CampaignRules.safeParse(given)
  if (parsed.success) return parsed.data
  // Without somebody to ask it is not whole; the form says so.
  return { ...CampaignRules.parse({ ...given, silence: 'keep' }), silence: 'escalate' }
}

function draftOf(given: Given): BuilderDraft {
  const { name, description, level, scope } = given
  return { name, description, level, scope: scope as Scope, rules: rulesOf(given.rules) }
}

/** A new campaign from a template begins with its name, this quarter, and the time zone of this browser. */
function fromTemplate(template: ReviewTemplate): BuilderDraft {
  const draft = draftOf(template)
  const now = new Date()
  const name = `${template.name}, Q${Math.floor(now.getMonth() / 3) + 1} ${now.getFullYear()}`
  const timeZone = template.id === null ? here() : draft.rules.timeZone
  return { ...draft, name: name.slice(0, 100), rules: { ...draft.rules, timeZone } }
}

export type BuilderStart = { campaign: CampaignDetail } | { template: ReviewTemplate }

const settleMs = 350

/** A campaign as it is written, what is wrong with it, and what it would be. */
export function useBuilder(orgId: string, from: BuilderStart) {
  const [start, setStart] = useState(() => ('campaign' in from ? draftOf(from.campaign) : fromTemplate(from.template)))
  const [draft, setDraft] = useState(start)
  const origin: { template: TemplateKind; templateId: string | null } =
    'campaign' in from
      ? { template: from.campaign.template, templateId: from.campaign.templateId }
      : { template: from.template.kind, templateId: from.template.id }
  const parsed = CreateCampaignInput.safeParse({ ...draft, ...origin })
  const errors = new Map((parsed.error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]))
  const asked = JSON.stringify({ level: draft.level, scope: draft.scope, rules: draft.rules })
  const isWhole = PreviewCampaignInput.safeParse(JSON.parse(asked)).success
  // A preview counts the whole inventory: it is asked when the hand rests.
  const [settled, setSettled] = useState(asked)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), settleMs)
    return () => clearTimeout(timer)
  }, [asked])
  const isSettled = settled === asked
  const preview = useQuery(campaignPreviewQuery(orgId, JSON.parse(settled), isSettled && isWhole))
  const changeRules = (rules: Partial<CampaignRules>) =>
    setDraft((last) => ({ ...last, rules: { ...last.rules, ...rules } }))
  return {
    draft,
    errors,
    /** As the contracts want it. */
    input: { ...draft, ...origin } as CreateCampaignInput,
    change: (part: Partial<BuilderDraft>) => setDraft((last) => ({ ...last, ...part })),
    changeRules,
    changeStage: (index: number, part: Partial<StageRules>) =>
      changeRules({
        stages: draft.rules.stages.map((stage, place) => (place === index ? { ...stage, ...part } : stage)),
      }),
    isDirty: !('campaign' in from) || JSON.stringify(draft) !== JSON.stringify(start),
    isTouched: JSON.stringify(draft) !== JSON.stringify(start),
    reset: () => setDraft(start),
    settle: () => setStart(draft),
    preview,
    isWhole,
    /** What is shown of the preview is of exactly this draft. */
    isFresh: isSettled && !preview.isPlaceholderData && !preview.isFetching,
  }
}

export type Builder = ReturnType<typeof useBuilder>
