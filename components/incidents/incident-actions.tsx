'use client'

import { useState } from 'react'
import { type ChosenPerson, PersonPicker } from '@/components/lifecycle/person-picker'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { changeIncident, endIncident } from '@/lib/incidents/actions'
import type { IncidentDetail } from '@/lib/incidents/schema'
import { severities, severityFacts } from '@/lib/incidents/values'
import { useIncidentChange } from './use-incident-change'

interface PartProps {
  orgId: string
  incident: IncidentDetail
}

/** What whoever is at the screen may do with this incident now. */
export function IncidentActions({ orgId, incident }: PartProps) {
  const { can } = incident
  if (!can.change && !can.end) return null
  return (
    <div className="grid border-b lg:grid-cols-2">
      {can.change ? (
        <Change key={`${incident.severity} ${incident.commander.id}`} orgId={orgId} incident={incident} />
      ) : null}
      {can.end ? <End orgId={orgId} incident={incident} /> : null}
    </div>
  )
}

function Change({ orgId, incident: { id, severity: present, commander } }: PartProps) {
  const [severity, setSeverity] = useState(present)
  const [next, setNext] = useState<ChosenPerson>()
  const [isHanding, setIsHanding] = useState(false)
  const [reason, setReason] = useState('')
  const change = useIncidentChange(orgId, changeIncident)
  const isOther = severity !== present
  const isHandedOn = next !== undefined && next.userId !== commander.id
  const label = [
    ...(isOther ? [`Make it ${severityFacts[severity].label.toLowerCase()}`] : []),
    ...(isHandedOn ? [`${isOther ? 'and give' : 'Give'} the command to ${next.name}`] : []),
  ].join(' ')
  return (
    <Section title="Change it" className="lg:border-b-0">
      <div className="flex max-w-140 flex-col gap-3">
        <Field label="Severity" isRequired hint={severityFacts[severity].says}>
          <Select
            value={severity}
            onValueChange={setSeverity}
            options={severities.map((value) => ({ value, label: severityFacts[value].label }))}
          />
        </Field>
        {isHanding ? (
          <PersonPicker orgId={orgId} label="Who commands" value={next} onChange={setNext} />
        ) : (
          <div>
            <Button size="sm" onClick={() => setIsHanding(true)}>
              Give the command to somebody else
            </Button>
          </div>
        )}
        <Field label="Why" isRequired>
          <Input value={reason} maxLength={500} autoComplete="off" onChange={({ target }) => setReason(target.value)} />
        </Field>
        <Refused error={change.error} />
        <div>
          <Button
            disabled={(!isOther && !isHandedOn) || reason.trim() === ''}
            isPending={change.isPending}
            onClick={() =>
              change.mutate({
                ...{ id, reason: reason.trim() },
                ...(isOther ? { severity } : {}),
                ...(isHandedOn ? { commanderId: next.userId } : {}),
              })
            }
          >
            {label || 'Change it'}
          </Button>
        </div>
      </div>
    </Section>
  )
}

function End({ orgId, incident: { id, grants } }: PartProps) {
  const [learned, setLearned] = useState('')
  const end = useIncidentChange(orgId, endIncident)
  const open = grants?.asked.filter(({ state }) => ['approved', 'activating', 'active'].includes(state)).length ?? 0
  return (
    <Section title="End it" className="lg:border-l">
      <div className="flex max-w-140 flex-col gap-3">
        <Field
          label="What was learned"
          isRequired
          hint="It stays as it is written. Policies stop seeing the incident; grants that are for it end."
        >
          <Textarea rows={4} maxLength={4000} value={learned} onChange={({ target }) => setLearned(target.value)} />
        </Field>
        <Refused error={end.error} />
        <div>
          <Button
            variant="primary"
            disabled={learned.trim().length < 5}
            isPending={end.isPending}
            onClick={() => end.mutate({ id, learned: learned.trim() })}
          >
            {open > 0 ? `End the incident and ${open} ${open === 1 ? 'grant' : 'grants'} for it` : 'End the incident'}
          </Button>
        </div>
      </div>
    </Section>
  )
}

function Refused({ error }: { error: Error | null }) {
  return error ? (
    <Alert tone="danger" isLive title="It was not done">
      {error.message}
    </Alert>
  ) : null
}
