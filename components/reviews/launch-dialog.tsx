'use client'

import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { formatCount } from '@/lib/platform/browser/format'
import type { CampaignPreview } from '@/lib/reviews/schema'
import type { CampaignRules } from '@/lib/reviews/templates'
import type { ItemLevel } from '@/lib/reviews/values'
import { inZone, itemNoun } from './review-words'

interface LaunchDialogProps {
  name: string
  level: ItemLevel
  rules: CampaignRules
  preview: CampaignPreview
  onClose: () => void
  /** Rejects with the reason when the server refuses. */
  onLaunch: (startsAt: string | null) => Promise<unknown>
}

/** From so many items on, and wherever silence takes access away, the word has to be typed. */
const typedFrom = 1000

/** The last look before people are asked: exactly what was previewed, or nothing. */
export function LaunchDialog({ name, level, rules, preview, onClose, onLaunch }: LaunchDialogProps) {
  const [startsAt, setStartsAt] = useState('')
  const isTakingAway = rules.silence !== 'keep' && (rules.silence !== 'escalate' || rules.silenceThen !== 'keep')
  const items = formatCount(preview.items, ...itemNoun(level))
  const reviewers = formatCount(preview.reviewerCount, 'reviewer')
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={`Launch ${name}?`}
      confirmLabel={startsAt ? `Launch it then` : `Ask ${reviewers} about ${items}`}
      typedPhrase={isTakingAway || preview.items >= typedFrom ? 'launch' : undefined}
      onConfirm={() => onLaunch(startsAt ? new Date(startsAt).toISOString() : null)}
    >
      <ul className="flex list-disc flex-col gap-1 pl-5">
        <li>
          {items} and their evidence are frozen with a hash. What changes afterwards is shown, and changes nothing here.
        </li>
        <li>
          {preview.reviewerCount === 1 ? `${reviewers} is told, and sees` : `${reviewers} are told, and see`} at once
          what happens to what nobody decides.
        </li>
        <li>{preview.silence.says}</li>
        {preview.deadlines.map(({ stage, name: stageName, at }) => (
          <li key={stage}>
            {stageName} ends {startsAt ? 'after as many days' : inZone(at, rules.timeZone)}.
          </li>
        ))}
        {preview.unassignable > 0 ? (
          <li>{formatCount(preview.unassignable, 'item has', 'items have')} no reviewer yet. You can hand them out.</li>
        ) : null}
      </ul>
      <p className="text-ink-muted">
        You can cancel it until decisions are carried out. If something has changed since this preview, nothing is
        launched.
      </p>
      <details>
        <summary className="cursor-pointer text-accent-ink">Begin later</summary>
        <Field label="Begins" hint="By this computer’s clock. It takes what the filter finds then." className="mt-2">
          <Input
            type="datetime-local"
            className="w-56"
            value={startsAt}
            onChange={(event) => setStartsAt(event.target.value)}
          />
        </Field>
      </details>
    </ConfirmDialog>
  )
}
