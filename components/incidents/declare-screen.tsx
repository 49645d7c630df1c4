'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type ChosenPerson, PersonPicker } from '@/components/lifecycle/person-picker'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Select } from '@/components/ui/select'
import { declareIncident } from '@/lib/incidents/actions'
import type { ScopeChoices } from '@/lib/incidents/schema'
import { type Severity, severities, severityFacts } from '@/lib/incidents/values'
import { useIncidentChange } from './use-incident-change'

interface DeclareScreenProps {
  orgId: string
  me: ChosenPerson
  choices: ScopeChoices
}

const shortest = 5

/** Says that something is wrong now: what, how bad, how far it reaches, and who commands. */
export function DeclareScreen({ orgId, me, choices: { systems, environments } }: DeclareScreenProps) {
  const router = useRouter()
  const [title, setTitle] = useState('')
  const [severity, setSeverity] = useState<Severity>('sev2')
  const [inSystems, setInSystems] = useState<readonly string[]>([])
  const [inPlaces, setInPlaces] = useState<readonly string[]>([])
  const [commander, setCommander] = useState(me)
  const declare = useIncidentChange(orgId, declareIncident, ({ id }) => router.push(`/incidents/${id}`))
  return (
    <>
      <PageHeader
        title="Declare an incident"
        eyebrow={
          <Link href="/incidents" className="hover:underline">
            Incidents
          </Link>
        }
      >
        The decision point sees it with its next answer. Every open grant is put to the policies again.
      </PageHeader>
      <div className="grid lg:grid-cols-2">
        <Section title="What is wrong">
          <div className="flex max-w-140 flex-col gap-4">
            <Field label="In a few words" isRequired hint="It stands over every page of everybody, so no secrets.">
              <Input
                value={title}
                maxLength={200}
                autoComplete="off"
                onChange={({ target }) => setTitle(target.value)}
              />
            </Field>
            <Field label="Severity" isRequired hint={severityFacts[severity].says}>
              <Select
                value={severity}
                onValueChange={setSeverity}
                options={severities.map((value) => ({ value, label: severityFacts[value].label }))}
              />
            </Field>
            <div className="flex flex-col gap-1.5">
              <p className="text-sm font-medium">
                Who commands: <span className="font-normal">{commander.name}</span>
              </p>
              <PersonPicker orgId={orgId} label="Who commands" value={commander} onChange={setCommander} />
            </div>
            {declare.error ? (
              <Alert tone="danger" isLive title="It was not declared">
                {declare.error.message}
              </Alert>
            ) : null}
            <div>
              <Button
                variant="danger"
                disabled={title.trim().length < shortest}
                isPending={declare.isPending}
                onClick={() =>
                  declare.mutate({
                    ...{ title: title.trim(), severity, commanderId: commander.userId },
                    ...{ sourceIds: [...inSystems], environments: [...inPlaces] },
                  })
                }
              >
                Declare {severityFacts[severity].label.toLowerCase()}
              </Button>
            </div>
          </div>
        </Section>
        <Section title="How far it reaches" className="lg:border-l">
          <div className="flex flex-col gap-4">
            <Choices
              legend="Systems"
              none="Every system, also what belongs to none that is known here."
              options={systems.map(({ id, name, system }) => ({ value: id, label: `${name} (${system})` }))}
              chosen={inSystems}
              onChange={setInSystems}
            />
            <Choices
              legend="Environments"
              none="Every environment."
              some="What has no known environment counts as inside."
              options={environments.map((value) => ({ value, label: value }))}
              chosen={inPlaces}
              onChange={setInPlaces}
            />
          </div>
        </Section>
      </div>
    </>
  )
}

interface ChoicesProps {
  legend: string
  none: string
  some?: string
  options: readonly { value: string; label: string }[]
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}

function Choices({ legend, none, some, options, chosen, onChange }: ChoicesProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="flex max-h-60 flex-col gap-1 overflow-y-auto">
        {options.map(({ value, label }) => (
          <Field key={value} label={label} layout="inline">
            <Checkbox
              checked={chosen.includes(value)}
              onCheckedChange={(isIn) => onChange(isIn ? [...chosen, value] : chosen.filter((each) => each !== value))}
            />
          </Field>
        ))}
      </div>
      <p className="text-xs text-ink-muted" aria-live="polite">
        {chosen.length === 0 ? none : some}
      </p>
    </fieldset>
  )
}
