'use client'

import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { ExclusionRule } from '@/lib/identities/edits'
import type { IdentityDetail } from '@/lib/identities/schema'
import { exclusionRules } from '@/lib/identities/values'
import { formatDate } from '@/lib/platform/browser/format'
import { ruleWords } from './edit-words'
import { useSaveEdit } from './use-identity-edit'

const dayMs = 86_400_000

/** Rules from which the identity is excepted: which, why and until when. An exception ends by itself. */
export function IdentityExclusions({ identity }: { identity: IdentityDetail }) {
  const { exclusions, can, asOf } = identity
  const save = useSaveEdit()
  const [base, setBase] = useState<IdentityDetail>()
  const mayEdit = save !== undefined && can.update
  const free = exclusionRules.filter((rule) => !exclusions.some((exclusion) => exclusion.rule === rule))
  const end = (rule: ExclusionRule) =>
    save?.({
      base: identity,
      edit: { exclusions: exclusions.filter((kept) => kept.rule !== rule) },
      what: 'Exceptions',
    })
  return (
    <div className="flex flex-col gap-2">
      {exclusions.length === 0 ? (
        <p className="text-sm text-ink-muted">Every rule of the organization holds for it.</p>
      ) : (
        <ul className="flex flex-col">
          {exclusions.map(({ rule, reason, until }) => (
            <li
              key={rule}
              className="flex min-h-row flex-wrap items-center gap-x-3 gap-y-0.5 border-b py-1 last:border-b-0"
            >
              <span className="min-w-0 flex-1 basis-48">
                {ruleWords[rule]} <span className="block text-xs break-words text-ink-muted">{reason}</span>
              </span>
              {Date.parse(until) > Date.parse(asOf) ? (
                <span className="tabular text-xs text-ink-muted">until {formatDate(until)}</span>
              ) : (
                <Badge form="outlined">ended</Badge>
              )}
              {mayEdit ? (
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`End the exception: ${ruleWords[rule]}`}
                  onClick={() => end(rule)}
                >
                  End it
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && free.length > 0 ? (
        base ? (
          <NewExclusion base={base} free={free} onClose={() => setBase(undefined)} />
        ) : (
          <div>
            <Button size="sm" icon={<Plus aria-hidden />} onClick={() => setBase(identity)}>
              Except it from a rule
            </Button>
          </div>
        )
      ) : null}
    </div>
  )
}

interface NewExclusionProps {
  base: IdentityDetail
  free: ExclusionRule[]
  onClose: () => void
}

function NewExclusion({ base, free, onClose }: NewExclusionProps) {
  const save = useSaveEdit()
  const nowMs = Date.parse(base.asOf)
  const day = (days: number) => new Date(nowMs + days * dayMs).toISOString().slice(0, 10)
  const [rule, setRule] = useState<ExclusionRule | undefined>(free[0])
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(day(90))
  const isComplete = rule !== undefined && reason.trim() !== '' && until >= day(1) && until <= day(365)
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (!isComplete) return
    const exclusion = { rule, reason: reason.trim(), until: new Date(until).toISOString() }
    save?.({ base, edit: { exclusions: [...base.exclusions, exclusion] }, what: 'Exceptions' })
    onClose()
  }
  return (
    <form className="flex flex-col gap-2" onSubmit={add}>
      <div className="flex flex-wrap gap-2">
        <Field label="Rule" isRequired className="w-56">
          <Select
            options={free.map((value) => ({ value, label: ruleWords[value] }))}
            value={rule}
            onValueChange={setRule}
          />
        </Field>
        <Field label="Until" isRequired className="w-40" hint="A year at most.">
          <Input
            type="date"
            min={day(1)}
            max={day(365)}
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        </Field>
      </div>
      <Field label="Reason" isRequired>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={!isComplete}>
          Except it
        </Button>
        <Button type="button" variant="ghost" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
