'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { connectionsQuery } from '@/lib/connections/queries'
import { createDrill, updateDrill } from '@/lib/lifecycle/actions'
import { type CreateDrillInput, type Drill, type DrillMode, mostDrillTargets } from '@/lib/lifecycle/drills'
import { ChoiceCard } from './choice-card'
import { modeLabels, modeSays } from './drill-words'
import { type ChosenIdentity, IdentityPicker } from './identity-picker'
import { useLifecycleChange } from './use-lifecycle-change'

interface DrillFormProps {
  orgId: string
  /** What is changed; absent = a new one. */
  drill?: Drill
  /** Whom a new one is about. */
  about?: ChosenIdentity
  onClose: () => void
  onSaved?: (drill: Drill) => void
}

interface Choice {
  name: string
  mode: DrillMode
  kind: 'identities' | 'cohort'
  identities: ChosenIdentity[]
  connectionId: string
  count: number
  sessions: boolean
  copies: boolean
  withinSeconds: number
  waitSeconds: number
  keepers: ChosenIdentity[]
  stopsOnFalseCut: boolean
  unansweredTries: number
  everyDays: number | null
}

const fresh: Choice = {
  ...{ name: '', mode: 'canary', kind: 'identities', identities: [], connectionId: '', count: 5 },
  ...{ sessions: true, copies: false, withinSeconds: 5, waitSeconds: 30, keepers: [] },
  ...{ stopsOnFalseCut: true, unansweredTries: 3, everyDays: null },
}

function choiceOf(drill: Drill): Choice {
  const { target, hops, ...own } = drill
  return {
    ...{ name: own.name, mode: own.mode, kind: target.kind, keepers: own.keepers },
    identities: target.kind === 'identities' ? target.identities : [],
    connectionId: target.kind === 'cohort' ? target.connection.id : '',
    count: target.kind === 'cohort' ? target.count : fresh.count,
    ...{ sessions: hops.includes('sessions'), copies: hops.includes('copies') },
    ...{ withinSeconds: own.withinSeconds, waitSeconds: own.waitSeconds },
    ...{ stopsOnFalseCut: own.stopsOnFalseCut, unansweredTries: own.unansweredTries, everyDays: own.everyDays },
  }
}

function inputOf(choice: Choice): CreateDrillInput {
  const { kind, identities, connectionId, count, sessions, copies, keepers, name, ...terms } = choice
  return {
    ...terms,
    name: name.trim(),
    target: kind === 'identities' ? { kind, ids: identities.map(({ id }) => id) } : { kind, connectionId, count },
    hops: ['source', ...(sessions ? (['sessions'] as const) : []), ...(copies ? (['copies'] as const) : [])],
    keepers: keepers.map(({ id }) => id),
    everyDays: choice.mode === 'live' ? null : choice.everyDays,
  }
}

/** Plans a drill, or changes one: what is cut, by when it should have ended, who must keep access. Planning does nothing else. */
export function DrillForm({ orgId, drill, about, onClose, onSaved }: DrillFormProps) {
  const [choice, setChoice] = useState<Choice>(() =>
    drill ? choiceOf(drill) : { ...fresh, name: about ? `Cut ${about.name}` : '', identities: about ? [about] : [] },
  )
  const change = (part: Partial<Choice>) => setChoice((last) => ({ ...last, ...part }))
  const save = useLifecycleChange(
    orgId,
    (input: CreateDrillInput) => (drill ? updateDrill({ ...input, id: drill.id }) : createDrill(input)),
    (saved) => {
      onSaved?.(saved)
      onClose()
    },
  )
  const { mode, kind, identities, connectionId, name } = choice
  const isReady = name.trim() !== '' && (kind === 'identities' ? identities.length > 0 : connectionId !== '')
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={drill ? `Change ${drill.name}` : 'Plan a drill'}
        description="A rehearsed cut, timed by real logins. Planning it does nothing yet."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              variant="primary"
              disabled={!isReady}
              isPending={save.isPending}
              onClick={() => void save.run(inputOf(choice))}
            >
              {drill ? 'Save the drill' : 'Plan this drill'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-5">
          <Field label="Name" isRequired>
            <Input
              value={name}
              maxLength={100}
              autoComplete="off"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-sm font-medium">How</legend>
            <div className="grid gap-2 md:grid-cols-3">
              {(['canary', 'live', 'tabletop'] as const).map((each) => (
                <ChoiceCard
                  key={each}
                  name="mode"
                  title={modeLabels[each]}
                  says={modeSays[each]}
                  isChosen={mode === each}
                  onChoose={() => change({ mode: each, ...(each === 'live' ? { kind: 'identities' as const } : {}) })}
                />
              ))}
            </div>
          </fieldset>
          <Target orgId={orgId} choice={choice} change={change} />
          <Terms choice={choice} change={change} />
          <div className="flex flex-col gap-1">
            <p className="text-sm font-medium">Who must keep access</p>
            <p className="text-xs text-ink-muted">
              Accounts at the same source. With their secrets, asked for when the drill begins, they log in every
              second; without, only the source’s word is written down.
            </p>
            <IdentityPicker
              orgId={orgId}
              label="Who must keep access"
              value={choice.keepers}
              most={5}
              onChange={(keepers) => change({ keepers })}
            />
          </div>
          {mode === 'live' ? null : <Schedule choice={choice} change={change} />}
          {save.error ? (
            <Alert tone="danger" isLive>
              {save.error.message}
            </Alert>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  )
}

interface PartProps {
  choice: Choice
  change: (part: Partial<Choice>) => void
}

function Target({ orgId, choice, change }: PartProps & { orgId: string }) {
  const connections = useQuery(connectionsQuery(orgId))
  const { kind, mode, identities, connectionId, count } = choice
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm font-medium">Whose access is cut</p>
      {mode === 'live' ? null : (
        <div className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
          {(['identities', 'cohort'] as const).map((each) => (
            <label key={each} className="inline-flex min-h-6 items-center gap-2">
              <input
                type="radio"
                name="kind"
                checked={kind === each}
                onChange={() => change({ kind: each })}
                className="accent-accent"
              />
              {each === 'identities' ? 'These identities' : 'Some of a connection, those drilled longest ago first'}
            </label>
          ))}
        </div>
      )}
      {kind === 'identities' ? (
        <IdentityPicker
          orgId={orgId}
          label="Whose access is cut"
          value={identities}
          most={mostDrillTargets}
          onChange={(next) => change({ identities: next })}
        />
      ) : (
        <div className="flex flex-wrap gap-4">
          <Field label="Connection" isRequired className="min-w-56">
            <Select
              options={(connections.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={connectionId || undefined}
              onValueChange={(next) => change({ connectionId: next })}
            />
          </Field>
          <Field label="How many" isRequired>
            <NumberBox value={count} least={1} most={mostDrillTargets} onChange={(next) => change({ count: next })} />
          </Field>
        </div>
      )}
    </div>
  )
}

function Terms({ choice, change }: PartProps) {
  const { withinSeconds, waitSeconds, sessions, copies, stopsOnFalseCut, unansweredTries } = choice
  return (
    <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
      <div className="flex flex-col gap-3">
        <Field
          label="Access should have ended within (seconds)"
          isRequired
          hint="The hypothesis. Later than that is late."
        >
          <NumberBox
            value={withinSeconds}
            least={0.1}
            most={600}
            step={0.1}
            onChange={(next) => change({ withinSeconds: next, waitSeconds: Math.max(waitSeconds, Math.ceil(next)) })}
          />
        </Field>
        <Field label="It is tried for at most (seconds)" isRequired hint="What is let in until then has leaked.">
          <NumberBox
            value={waitSeconds}
            least={Math.max(1, Math.ceil(withinSeconds))}
            most={600}
            onChange={(next) => change({ waitSeconds: next })}
          />
        </Field>
      </div>
      <div className="flex flex-col gap-3">
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-sm font-medium">What is tried every second</legend>
          <p className="text-sm">New logins, always.</p>
          <Field label="A session that was open before" layout="inline">
            <Checkbox checked={sessions} onCheckedChange={(next) => change({ sessions: next })} />
          </Field>
          <Field
            label="Name the places that keep the secret"
            layout="inline"
            hint="Nobody can try them from here: they are listed as not testable."
          >
            <Checkbox checked={copies} onCheckedChange={(next) => change({ copies: next })} />
          </Field>
        </fieldset>
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-sm font-medium">Stop, and take everything back</legend>
          <Field label="when somebody loses access who must keep it" layout="inline">
            <Checkbox checked={stopsOnFalseCut} onCheckedChange={(next) => change({ stopsOnFalseCut: next })} />
          </Field>
          <Field label="After so many tries in a row without an answer" isRequired>
            <NumberBox
              value={unansweredTries}
              least={1}
              most={20}
              onChange={(next) => change({ unansweredTries: next })}
            />
          </Field>
        </fieldset>
      </div>
    </div>
  )
}

function Schedule({ choice: { everyDays }, change }: PartProps) {
  return (
    <div className="flex flex-wrap items-end gap-4">
      <Field
        label="Begin it by itself"
        layout="inline"
        hint="Without secrets of those who must keep access: nobody is there to give them."
      >
        <Checkbox checked={everyDays !== null} onCheckedChange={(next) => change({ everyDays: next ? 30 : null })} />
      </Field>
      {everyDays !== null ? (
        <Field label="Every so many days" isRequired>
          <NumberBox value={everyDays} least={1} most={365} onChange={(next) => change({ everyDays: next })} />
        </Field>
      ) : null}
    </div>
  )
}

interface NumberBoxProps {
  value: number
  least: number
  most: number
  step?: number
  onChange: (value: number) => void
}

function NumberBox({ value, least, most, step = 1, onChange, ...props }: NumberBoxProps) {
  return (
    <Input
      {...props}
      type="number"
      min={least}
      max={most}
      step={step}
      value={value}
      className="tabular w-28"
      onChange={(event) => onChange(Math.min(most, Number(event.target.value) || 0))}
      onBlur={() => (value < least ? onChange(least) : undefined)}
    />
  )
}
