'use client'

import type { ReactNode } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { cn } from '@/components/ui/class-names'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { type FilterFacet, FilterField } from '../identities/filter-field'
import { DeliveryField } from './delivery-field'
import { dayLabels } from './policy-words'
import type { PolicyForm } from './use-policy-form'

interface PartProps {
  form: PolicyForm
  /** Shown only once something was typed, or saving was tried. */
  errorOf: (path: string) => string | undefined
}

/** One question of the form. */
function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-4 border-b px-4 py-5 last:border-b-0 md:px-6">
      <h2 className="text-base font-medium">{title}</h2>
      {children}
    </section>
  )
}

interface NumberFieldProps {
  label: string
  hint?: string
  error?: string | undefined
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

function NumberField({ label, hint, error, value, min, max, onChange }: NumberFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} isRequired>
      <Input
        type="number"
        min={min}
        max={max}
        value={Number.isNaN(value) ? '' : value}
        className="tabular w-28"
        onChange={(event) => onChange(event.target.value === '' ? Number.NaN : Number(event.target.value))}
      />
    </Field>
  )
}

const facets = ['kind', 'environment', 'source', 'privilege', 'owner'] as const satisfies FilterFacet[]

export function CoverPart({ orgId, form, errorOf }: PartProps & { orgId: string }) {
  const { draft, change } = form
  return (
    <Part title="What it covers">
      <Field label="Name" isRequired error={errorOf('name')} className="max-w-96">
        <Input
          value={draft.name}
          placeholder="Production passwords"
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      <div>
        <p className="text-sm font-medium">Whose credentials</p>
        <FilterField
          orgId={orgId}
          label="Whose credentials"
          facets={facets}
          value={draft.filter}
          onChange={(filter) => change({ filter })}
        />
        <p className="text-xs text-ink-muted">
          Where several policies cover one, the one holds by which it is due first.
        </p>
      </div>
      <div className="flex flex-wrap gap-x-8 gap-y-4">
        <NumberField
          label="Due after (days)"
          min={1}
          max={3650}
          value={draft.intervalDays}
          error={errorOf('rules.intervalDays')}
          onChange={(intervalDays) => change({ intervalDays })}
        />
        <NumberField
          label="Overdue after (days)"
          min={1}
          max={3650}
          value={draft.maxAgeDays}
          error={errorOf('rules.maxAgeDays')}
          onChange={(maxAgeDays) => change({ maxAgeDays })}
        />
      </div>
    </Part>
  )
}

/** One of several that may be on together. */
function Pressable({ label, isOn, onToggle }: { label: string; isOn: boolean; onToggle: (isOn: boolean) => void }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => onToggle(!isOn)}
      className={cn(
        'h-8 min-w-11 rounded-md border px-2 text-sm',
        isOn
          ? 'border-accent-line bg-accent-wash text-accent-ink'
          : 'border-line-strong/60 text-ink-muted hover:text-ink',
      )}
    >
      {label}
    </button>
  )
}

const modes = [
  { value: 'board', label: 'Only show what is due', hint: 'Somebody rotates it from the board.' },
  { value: 'automatic', label: 'Rotate it when it is due', hint: 'Within the window, without being asked.' },
] as const

export function BeginPart({ orgId, form, errorOf }: PartProps & { orgId: string }) {
  const { draft, change } = form
  return (
    <Part title="When it is due">
      <Field label="What happens" isRequired className="max-w-96">
        <Select
          options={modes}
          value={draft.isAutomatic ? 'automatic' : 'board'}
          onValueChange={(mode) => change({ isAutomatic: mode === 'automatic' })}
        />
      </Field>
      {draft.isAutomatic ? (
        <>
          <Field
            label="Only in a window"
            layout="inline"
            hint="A new secret is made, and an old one ended, only while it is open."
          >
            <Checkbox checked={draft.hasWindow} onCheckedChange={(isOn) => change({ hasWindow: isOn === true })} />
          </Field>
          {draft.hasWindow ? <WindowFields form={form} errorOf={errorOf} /> : null}
          <div className="max-w-[28rem]">
            <DeliveryField
              {...{ orgId, value: draft.delivery, isForMany: true, isOptional: false }}
              error={
                errorOf('rules.delivery') ??
                errorOf('rules.delivery.path') ??
                errorOf('rules.delivery.url') ??
                errorOf('delivery.path')
              }
              onChange={(delivery) => change({ delivery: { ...draft.delivery, ...delivery } })}
            />
          </div>
          <NumberField
            label="At most so many at once"
            hint="After one that does not end well none is begun until somebody has looked."
            min={1}
            max={50}
            value={draft.atOnce}
            error={errorOf('rules.atOnce')}
            onChange={(atOnce) => change({ atOnce })}
          />
        </>
      ) : null}
    </Part>
  )
}

function WindowFields({ form: { draft, change }, errorOf }: PartProps) {
  const toggle = (day: number) =>
    change({ days: draft.days.includes(day) ? draft.days.filter((each) => each !== day) : [...draft.days, day] })
  return (
    <div className="flex flex-col gap-4">
      <fieldset>
        <legend className="mb-1 text-sm font-medium">Days on which it opens</legend>
        <div className="flex flex-wrap gap-1">
          {dayLabels.map((label, index) => (
            <Pressable
              key={label}
              label={label}
              isOn={draft.days.includes(index + 1)}
              onToggle={() => toggle(index + 1)}
            />
          ))}
        </div>
        {errorOf('rules.window.days') ? (
          <p className="mt-1 text-sm text-danger-ink">{errorOf('rules.window.days')}</p>
        ) : null}
      </fieldset>
      <div className="flex flex-wrap gap-x-6 gap-y-4">
        <Field label="From" isRequired error={errorOf('rules.window.from')}>
          <Input
            type="time"
            className="tabular w-32"
            value={draft.from}
            onChange={(event) => change({ from: event.target.value })}
          />
        </Field>
        <Field
          label="To"
          isRequired
          error={errorOf('rules.window.to')}
          hint={draft.to < draft.from ? 'On the next day' : undefined}
        >
          <Input
            type="time"
            className="tabular w-32"
            value={draft.to}
            onChange={(event) => change({ to: event.target.value })}
          />
        </Field>
        <Field label="Time zone" isRequired error={errorOf('rules.window.timeZone')}>
          <Input
            list="time-zones"
            spellCheck={false}
            className="w-56"
            value={draft.timeZone}
            onChange={(event) => change({ timeZone: event.target.value })}
          />
        </Field>
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
    </div>
  )
}

const approvals = [
  { value: 'threshold', label: 'Above your organization’s threshold', hint: 'As for every order.' },
  { value: 'score', label: 'From a blast radius of its own on' },
  { value: 'always', label: 'Always' },
] as const
const tiers = ['critical', 'high', 'medium', 'low'] as const

export function CarePart({ form, errorOf }: PartProps) {
  const { draft, change } = form
  if (!draft.isAutomatic) return null
  return (
    <Part title="How it is done">
      <div className="flex flex-wrap gap-x-8 gap-y-4">
        <NumberField
          label="Both work for (hours)"
          hint="Where old and new can."
          min={0}
          max={720}
          value={draft.overlapHours}
          error={errorOf('rules.overlapHours')}
          onChange={(overlapHours) => change({ overlapHours })}
        />
        <NumberField
          label="Quiet for (hours)"
          hint="The old one ends only when unused so long."
          min={0}
          max={720}
          value={draft.quietHours}
          error={errorOf('rules.quietHours')}
          onChange={(quietHours) => change({ quietHours })}
        />
        <NumberField
          label="Can be brought back for (hours)"
          min={0}
          max={720}
          value={draft.holdHours}
          error={errorOf('rules.holdHours')}
          onChange={(holdHours) => change({ holdHours })}
        />
      </div>
      <Field
        label="End the sessions that are open"
        layout="inline"
        hint="Otherwise they go on with the old one until they close."
      >
        <Checkbox checked={draft.endSessions} onCheckedChange={(isOn) => change({ endSessions: isOn === true })} />
      </Field>
      <Field label="A second person agrees" className="max-w-96">
        <Select options={approvals} value={draft.approval} onValueChange={(approval) => change({ approval })} />
      </Field>
      {draft.approval === 'score' ? (
        <NumberField
          label="Blast radius"
          min={1}
          max={100}
          value={draft.approvalScore}
          error={errorOf('rules.approvalScore')}
          onChange={(approvalScore) => change({ approvalScore })}
        />
      ) : null}
      {draft.approval === 'always' ? null : (
        <fieldset>
          <legend className="mb-1 text-sm font-medium">And for identities of these criticalities</legend>
          <div className="flex flex-wrap gap-1">
            {tiers.map((tier) => (
              <Pressable
                key={tier}
                label={tier}
                isOn={draft.approvalTiers.includes(tier)}
                onToggle={(isOn) =>
                  change({
                    approvalTiers: isOn
                      ? [...draft.approvalTiers, tier]
                      : draft.approvalTiers.filter((each) => each !== tier),
                  })
                }
              />
            ))}
          </div>
        </fieldset>
      )}
    </Part>
  )
}
