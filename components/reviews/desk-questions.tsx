'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { reassignItems } from '@/lib/reviews/actions'
import { type ChosenOwner, OwnerPicker } from '../identities/owner-picker'
import { ChoiceCards } from '../lifecycle/choice-card'
import { ReasonField } from '../lifecycle/reason-field'
import { itemTitle } from './evidence-pane'
import { KeysDialog } from './keys-dialog'
import type { KeyChoice } from './review-keys'
import { decisionLabels } from './review-words'
import type { Desk, Question } from './use-desk'

interface QuestionProps {
  orgId: string
  desk: Desk
  choice: KeyChoice
  onChoiceChange: (choice: KeyChoice) => void
  onClose: () => void
}

/** What has to be said before a decision can be made, each in a dialog that gives the focus back to the list. */
export function DeskQuestion({ orgId, desk, choice, onChoiceChange, onClose }: QuestionProps) {
  const { question } = desk
  if (!question) return null
  if (question.kind === 'keys') return <KeysDialog choice={choice} onChange={onChoiceChange} onClose={onClose} />
  if (question.kind === 'note') return <NoteDialog desk={desk} question={question} onClose={onClose} />
  if (question.kind === 'until') return <UntilDialog desk={desk} onClose={onClose} />
  if (question.kind === 'choose') return <ChooseDialog desk={desk} onClose={onClose} />
  if (question.kind === 'refused') return <RefusedDialog desk={desk} question={question} onClose={onClose} />
  return <HandDialog orgId={orgId} desk={desk} onClose={onClose} />
}

interface PartProps {
  desk: Desk
  onClose: () => void
}

const subjectOf = ({ chosen, items, detail, no }: Desk): string => {
  if (chosen) return chosen.group ? 'all with this evidence' : formatCount(chosen.nos.length, 'item')
  const item = items.find((each) => each.no === no) ?? detail.data
  return item ? itemTitle(item) : 'this item'
}

function NoteDialog({ desk, question, onClose }: PartProps & { question: Extract<Question, { kind: 'note' }> }) {
  const { word } = question
  const item = desk.items.find(({ no }) => no === desk.no) ?? desk.detail.data
  const draft = item ? desk.draftOf(item) : null
  const [text, setText] = useState(item ? (desk.notes.of(item.no) ?? draft?.note ?? '') : '')
  const note = text.trim()
  const keep = () => {
    if (!desk.chosen && item) desk.notes.set(item.no, note || undefined)
    onClose()
  }
  const decided = word?.decision ?? draft?.decision
  const save = () => {
    if (!decided || note === '') return keep()
    desk.decide({ ...(word ?? { decision: decided, ...(draft?.until ? { until: draft.until } : {}) }), note })
  }
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : keep())}>
      <DialogContent
        title={word ? 'This decision needs a note' : 'Note'}
        description={
          word
            ? `${decisionLabels[word.decision]}: ${subjectOf(desk)}. Say why, for whoever reads this later.`
            : `On ${subjectOf(desk)}. It goes with your decision.`
        }
        footer={
          <>
            <Button variant="ghost" onClick={keep}>
              {word ? 'Not now' : 'Close'}
            </Button>
            <Button variant="primary" disabled={decided !== undefined && note === ''} onClick={save}>
              {decided ? `${decisionLabels[decided]} with this note` : 'Keep the note'}
            </Button>
          </>
        }
      >
        <Field label="Note" isRequired hint="Ctrl and Enter saves it. What you write is kept while this tab is open.">
          <Textarea
            value={text}
            rows={4}
            maxLength={1000}
            onChange={(event) => {
              setText(event.target.value)
              if (!desk.chosen && item) desk.notes.set(item.no, event.target.value.trim() || undefined)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault()
                save()
              }
            }}
          />
        </Field>
      </DialogContent>
    </Dialog>
  )
}

const dayMs = 86_400_000
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

function UntilDialog({ desk, onClose }: PartProps) {
  const { certifyDays } = desk.campaign.rules
  const [now] = useState(() => Date.now())
  const spans = [30, 90, 180, 365].filter((days) => days <= certifyDays)
  const [day, setDay] = useState(dayOf(now + Math.min(90, certifyDays) * dayMs))
  const isFitting = day > dayOf(now) && day <= dayOf(now + certifyDays * dayMs)
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title="Certify until a day"
        description={`${subjectOf(desk)}. After that day it has to be reviewed again.`}
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="until-day" variant="primary" disabled={!isFitting}>
              Certify until that day
            </Button>
          </>
        }
      >
        <form
          id="until-day"
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (isFitting) desk.decide({ decision: 'certify_until', until: `${day}T23:59:59.000Z` })
          }}
        >
          <Field
            label="Last day"
            isRequired
            hint={`At most ${certifyDays} days from now, in UTC.`}
            error={isFitting || day === '' ? undefined : `Choose a day within ${certifyDays} days.`}
          >
            <Input type="date" value={day} className="w-44" onChange={(event) => setDay(event.target.value)} />
          </Field>
          <div className="flex flex-wrap gap-1.5">
            {spans.map((days) => (
              <Button key={days} size="sm" onClick={() => setDay(dayOf(now + days * dayMs))}>
                {days} days
              </Button>
            ))}
          </div>
        </form>
      </DialogContent>
    </Dialog>
  )
}

/** Which grants and scopes stay. */
function ChooseDialog({ desk, onClose }: PartProps) {
  const evidence = desk.detail.data?.no === desk.no ? desk.detail.data?.evidence : undefined
  const grants = evidence ? (evidence.entitlement ? [evidence.entitlement] : evidence.access.grants) : []
  const [kept, setKept] = useState<Record<string, string[]>>(() =>
    Object.fromEntries(grants.filter(({ lastUsedAt }) => lastUsedAt).map((each) => [each.entitlementId, each.scopes])),
  )
  const count = Object.keys(kept).length
  const toggle = (id: string, scopes: string[] | undefined) =>
    setKept((last) => {
      const { [id]: _, ...rest } = last
      return scopes ? { ...rest, [id]: scopes } : rest
    })
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title="Reduce to what you choose"
        description={`What ${subjectOf(desk)} keeps. Everything else goes.`}
        size="lg"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={grants.length === 0}
              onClick={() =>
                desk.decide({
                  decision: 'reduce',
                  reduction: {
                    to: 'chosen',
                    keep: Object.entries(kept).map(([entitlementId, scopes]) => ({ entitlementId, scopes })),
                  },
                })
              }
            >
              Reduce to {formatCount(count, 'grant')}
            </Button>
          </>
        }
      >
        {grants.length === 0 ? (
          <p className="text-sm text-ink-muted">Its grants are not known, so none can be chosen.</p>
        ) : (
          <ul className="flex flex-col">
            {grants.map((grant) => (
              <li key={grant.entitlementId} className="border-b py-2 last:border-b-0">
                <Field label={grant.to} layout="inline">
                  <Checkbox
                    checked={kept[grant.entitlementId] !== undefined}
                    onCheckedChange={(isOn) => toggle(grant.entitlementId, isOn ? grant.scopes : undefined)}
                  />
                </Field>
                {grant.scopes.length > 1 && kept[grant.entitlementId] ? (
                  <div className="mt-1 ml-6 flex flex-wrap gap-x-4">
                    {grant.scopes.map((scope) => (
                      <Field key={scope} label={scope} layout="inline">
                        <Checkbox
                          checked={kept[grant.entitlementId]?.includes(scope) ?? false}
                          onCheckedChange={(isOn) => {
                            const rest = (kept[grant.entitlementId] ?? []).filter((each) => each !== scope)
                            toggle(grant.entitlementId, isOn ? [...rest, scope] : rest)
                          }}
                        />
                      </Field>
                    ))}
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </DialogContent>
    </Dialog>
  )
}

const handKinds = [
  { value: 'reassign', title: 'They decide', says: 'It becomes their item, and never comes back to you.' },
  {
    value: 'delegate',
    title: 'They decide for you',
    says: 'What you may not certify, they may not certify for you.',
  },
] as const

function HandDialog({ orgId, desk, onClose }: PartProps & { orgId: string }) {
  const [to, setTo] = useState<ChosenOwner>()
  const [kind, setKind] = useState<'reassign' | 'delegate'>('reassign')
  const [reason, setReason] = useState('')
  const [isPending, setIsPending] = useState(false)
  const what = desk.chosen ? (desk.chosen.group ? { group: desk.chosen.group } : { items: desk.chosen.nos }) : null
  const hand = async () => {
    if (!to || desk.no === null) return
    setIsPending(true)
    try {
      const result = await takeResult(
        reassignItems({ id: desk.id, what: what ?? { items: [desk.no] }, toKey: to.key, kind, reason }),
      )
      if (result.moved > 0) notifyDone(`${formatCount(result.moved, 'item')} handed on to ${to.label}`)
      if (result.refused > 0)
        notifyFailed(
          `${formatCount(result.refused, 'item')} stayed with you`,
          result.refusals.map(({ says }) => says).join(' '),
        )
      onClose()
      desk.view({})
    } catch (error) {
      notifyFailed('It was not handed on', error instanceof Error ? error.message : undefined)
    }
    setIsPending(false)
  }
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title="Hand on"
        description={`${subjectOf(desk)}. The deadline stays the same.`}
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!to || reason.trim() === ''}
              isPending={isPending}
              onClick={() => void hand()}
            >
              {to ? `Hand on to ${to.label}` : 'Hand on'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <OwnerPicker orgId={orgId} value={to} onChange={setTo} />
          <ChoiceCards
            name="hand-kind"
            legend="How it is handed on"
            className="sm:grid-cols-2"
            choices={handKinds}
            value={kind}
            onChange={setKind}
          />
          <ReasonField value={reason} onChange={setReason} choices={['They know it better', 'I am away', 'Not mine']} />
        </div>
      </DialogContent>
    </Dialog>
  )
}

function RefusedDialog({ desk, question, onClose }: PartProps & { question: Extract<Question, { kind: 'refused' }> }) {
  const { refusals, refused, input } = question
  const theirs = refusals.filter(({ code }) => code === 'decided_by_other').map(({ item }) => item)
  const nameOf = (no: number) => {
    const item = desk.items.find((each) => each.no === no)
    return item ? itemTitle(item) : `Item ${no}`
  }
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        title={`${formatCount(refused, 'item')} ${refused === 1 ? 'was' : 'were'} not decided`}
        description="Each is as it was before, and says why."
        footer={
          <>
            {theirs.length > 0 ? (
              <Button
                onClick={() => {
                  onClose()
                  const touched = desk.items.filter((item) => theirs.includes(item.no))
                  const { decision, until, reduction, note } = input
                  desk.send(
                    {
                      decision,
                      ...{
                        ...(until ? { until } : {}),
                        ...(reduction ? { reduction } : {}),
                        ...(note ? { note } : {}),
                      },
                      replaces: true,
                    },
                    { items: theirs },
                    touched,
                  )
                }}
              >
                Put my decision in place of theirs
              </Button>
            ) : null}
            <DialogClose asChild>
              <Button variant="primary">Go on</Button>
            </DialogClose>
          </>
        }
      >
        <ul className="text-sm">
          {refusals.map(({ item, says }) => (
            <li key={item} className="border-b py-1.5 last:border-b-0">
              <button
                type="button"
                className="font-medium text-accent-ink hover:underline"
                onClick={() => {
                  onClose()
                  desk.goTo(item)
                }}
              >
                {nameOf(item)}
              </button>{' '}
              {says}
            </li>
          ))}
        </ul>
      </DialogContent>
    </Dialog>
  )
}
