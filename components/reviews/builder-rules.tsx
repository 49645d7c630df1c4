'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import type { CampaignRules } from '@/lib/reviews/templates'
import { decisions, type Silence, silences } from '@/lib/reviews/values'
import { ChoiceCards } from '../lifecycle/choice-card'
import { CountField, OwnerField, Part } from './builder-parts'
import { decisionLabels, silenceHints, silenceLabels } from './review-words'
import type { Builder } from './use-builder'

interface PartProps {
  orgId: string
  builder: Builder
  errorOf: (path: string) => string | undefined
}

const reminders = [
  { hours: 168, label: '7 days before' },
  { hours: 48, label: '2 days before' },
  { hours: 12, label: '12 hours before' },
] as const

const afterwards = [
  { value: 'keep', label: 'Keep it' },
  { value: 'revoke', label: 'Revoke it' },
  { value: 'reduce', label: 'Reduce it to what was used' },
] as const

/** What happens to what nobody decides. Reviewers are told it from the first day on. */
export function SilencePart({ orgId, builder, errorOf }: PartProps) {
  const { rules } = builder.draft
  const { changeRules } = builder
  return (
    <Part
      title="What if nobody decides"
      says="No item ends without an outcome. Reviewers read this at the top of their list from the first day on."
    >
      <ChoiceCards
        name="silence"
        legend="What happens at the deadline"
        className="md:grid-cols-2"
        choices={silences.map((value) => ({ value, title: silenceLabels[value], says: silenceHints[value] }))}
        value={rules.silence}
        onChange={(silence) => changeRules({ silence })}
      />
      {rules.silence === 'escalate' ? (
        <div className="flex flex-wrap gap-x-8 gap-y-4">
          <OwnerField
            orgId={orgId}
            label="Who is asked then"
            hint="Without somebody here it goes to the fallback."
            value={rules.escalateTo ? [rules.escalateTo] : []}
            most={1}
            error={errorOf('rules.escalateTo')}
            onChange={([key]) => changeRules({ escalateTo: key ?? null })}
          />
          <CountField
            label="For how many days"
            least={1}
            most={90}
            value={rules.escalateDays}
            error={errorOf('rules.escalateDays')}
            onChange={(escalateDays) => changeRules({ escalateDays })}
          />
          <Field label="And if they do not decide either" isRequired className="w-60">
            <Select
              options={afterwards}
              value={rules.silenceThen}
              onValueChange={(silenceThen: Exclude<Silence, 'escalate'>) => changeRules({ silenceThen })}
            />
          </Field>
        </div>
      ) : null}
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">Whoever has not decided is reminded</legend>
        {reminders.map(({ hours, label }) => (
          <Field key={hours} label={label} layout="inline">
            <Checkbox
              checked={rules.remindHours.includes(hours)}
              onCheckedChange={(isOn) =>
                changeRules({
                  remindHours: isOn
                    ? [...rules.remindHours, hours].sort((one, other) => other - one)
                    : rules.remindHours.filter((each) => each !== hours),
                })
              }
            />
          </Field>
        ))}
      </fieldset>
      <div className="flex flex-wrap gap-x-8 gap-y-4">
        <Field
          label="Ask the fallback too when somebody has not begun"
          layout="inline"
          hint="They review beside whoever was asked first."
        >
          <Checkbox
            checked={rules.escalateHours !== null}
            onCheckedChange={(isOn) => changeRules({ escalateHours: isOn ? 24 : null })}
          />
        </Field>
        {rules.escalateHours === null ? null : (
          <CountField
            label="Hours before the deadline"
            least={1}
            most={2160}
            value={rules.escalateHours}
            error={errorOf('rules.escalateHours')}
            onChange={(escalateHours) => changeRules({ escalateHours })}
          />
        )}
      </div>
    </Part>
  )
}

/** How careful reviewers have to be, and what marks a batch for a second look. Begins closed: the usual values hold. */
export function CarePart({ builder, errorOf }: Omit<PartProps, 'orgId'>) {
  const { rules } = builder.draft
  const { changeRules } = builder
  const { quality } = rules
  const changeQuality = (part: Partial<CampaignRules['quality']>) => changeRules({ quality: { ...quality, ...part } })
  return (
    <section aria-label="How careful" className="border-b px-4 py-5 last:border-b-0 md:px-6">
      <details>
        <summary className="cursor-pointer text-base font-medium">How careful reviewers have to be</summary>
        <div className="mt-4 flex flex-col gap-5">
          <fieldset className="flex flex-wrap gap-x-5 gap-y-1">
            <legend className="mb-1 text-sm font-medium">Always with a note</legend>
            {decisions.map((decision) => (
              <Field key={decision} label={decisionLabels[decision]} layout="inline">
                <Checkbox
                  checked={rules.noteFor.includes(decision)}
                  onCheckedChange={(isOn) =>
                    changeRules({
                      noteFor: isOn ? [...rules.noteFor, decision] : rules.noteFor.filter((each) => each !== decision),
                    })
                  }
                />
              </Field>
            ))}
          </fieldset>
          <div className="flex flex-wrap gap-x-8 gap-y-4">
            <Bound
              label="Certifying needs a note from a blast radius on"
              value={rules.noteFromScore}
              usual={75}
              error={errorOf('rules.noteFromScore')}
              onChange={(noteFromScore) => changeRules({ noteFromScore })}
            />
            <Bound
              label="Decided one by one from a blast radius on"
              value={rules.aloneFromScore}
              usual={85}
              error={errorOf('rules.aloneFromScore')}
              onChange={(aloneFromScore) => changeRules({ aloneFromScore })}
            />
          </div>
          <div className="flex flex-wrap gap-x-8 gap-y-4">
            <CountField
              label="Certified for at most (days)"
              least={1}
              most={3650}
              value={rules.certifyDays}
              error={errorOf('rules.certifyDays')}
              onChange={(certifyDays) => changeRules({ certifyDays })}
            />
            <CountField
              label="Not used lately after (days)"
              least={1}
              most={3650}
              value={rules.staleAfterDays}
              error={errorOf('rules.staleAfterDays')}
              onChange={(staleAfterDays) => changeRules({ staleAfterDays })}
            />
          </div>
          <fieldset>
            <legend className="mb-1 text-sm font-medium">A reviewer’s batch gets a second look when</legend>
            <div className="flex flex-wrap gap-x-8 gap-y-4">
              <CountField
                label="Half take fewer seconds than"
                least={0}
                most={600}
                value={quality.minSeconds}
                onChange={(minSeconds) => changeQuality({ minSeconds })}
              />
              <CountField
                label="More per cent certified than"
                least={50}
                most={100}
                value={quality.approveAllPercent}
                onChange={(approveAllPercent) => changeQuality({ approveAllPercent })}
              />
              <CountField
                label="Evidence opened for fewer per cent than"
                least={0}
                most={100}
                value={quality.openedPercent}
                onChange={(openedPercent) => changeQuality({ openedPercent })}
              />
              <CountField
                label="More per cent in the last hour than"
                least={1}
                most={100}
                value={quality.nearDeadlinePercent}
                onChange={(nearDeadlinePercent) => changeQuality({ nearDeadlinePercent })}
              />
            </div>
          </fieldset>
        </div>
      </details>
    </section>
  )
}

interface BoundProps {
  label: string
  value: number | null
  usual: number
  error: string | undefined
  onChange: (value: number | null) => void
}

function Bound({ label, value, usual, error, onChange }: BoundProps) {
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field label={label} layout="inline">
        <Checkbox checked={value !== null} onCheckedChange={(isOn) => onChange(isOn ? usual : null)} />
      </Field>
      {value === null ? null : (
        <CountField label="Blast radius" least={0} most={100} value={value} error={error} onChange={onChange} />
      )}
    </div>
  )
}
