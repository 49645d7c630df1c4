'use client'

import type { RefObject } from 'react'
import { Alert } from '@/components/ui/alert'
import { Checkbox } from '@/components/ui/checkbox'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Refusal } from '@/components/ui/refusal'
import type { RotationPreview } from '@/lib/lifecycle/schema'
import { DeliveryField } from './delivery-field'
import { ImpactFacts, ImpactProblems } from './impact-facts'
import { OrderProblem } from './order-problem'
import { ReasonField } from './reason-field'
import { ManyTargets, PlannedSteps, PreviewSkeleton } from './revocation-body'
import { RotationPicture } from './rotation-picture'
import { SecretField } from './secret-field'
import type { Rotation } from './use-rotation'

const reasons = ['Planned rotation', 'Its owner has changed', 'It may have been seen', 'Too old'] as const
interface RotationBodyProps {
  orgId: string
  rotation: Rotation
  secret: RefObject<HTMLInputElement | null>
}

/** What rotating would do, where the new secret goes, and how long both work. */
export function RotationBody({ orgId, rotation, secret }: RotationBodyProps) {
  const { preview, choice, refused, error } = rotation
  const { data } = preview
  if (preview.error && !data)
    return <Refusal what="preview" error={preview.error} onRetry={() => void preview.refetch()} />
  if (!data) return <PreviewSkeleton />
  const [only] = data.targets
  const isOne = data.targets.length === 1
  const overlaps = data.targets.some(({ mode }) => mode === 'overlap')
  return (
    <div className="flex flex-col gap-5">
      {isOne && only ? (
        <>
          <ImpactProblems target={only} />
          <RotationPicture target={only} overlapHours={choice.overlapHours} holdHours={choice.holdHours} />
          <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
            <section aria-label="What hangs on it" className="min-w-0">
              <h3 className="mb-1 text-sm font-medium">What hangs on it</h3>
              <ImpactFacts target={only} />
            </section>
            <div>{only.steps.length > 0 ? <PlannedSteps target={only} hasSecret={false} isRotation /> : null}</div>
          </div>
        </>
      ) : (
        <ManyTargets targets={data.targets} refused={refused} />
      )}
      {refused.length === 0 && data.can.request ? (
        <Choices {...{ orgId, rotation, overlaps, secret }} preview={data} />
      ) : null}
      <OrderProblem deed="rotate" mayRequest={data.can.request} error={error} preview={preview} />
    </div>
  )
}

interface ChoicesProps {
  secret: RefObject<HTMLInputElement | null>
  orgId: string
  rotation: Rotation
  /** Old and new work side by side. */
  overlaps: boolean
  preview: RotationPreview
}

function Choices({ orgId, rotation: { choice, change }, overlaps, preview, secret }: ChoicesProps) {
  return (
    <>
      {preview.secondPerson ? (
        <Alert tone="warning" title="Not by one person alone">
          {preview.secondPerson} Nothing happens before. The next page has the address to send to them.
        </Alert>
      ) : null}
      <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          <h3 className="text-sm font-medium">The new secret</h3>
          <DeliveryField
            orgId={orgId}
            value={choice.delivery}
            isForMany={preview.targets.length > 1}
            onChange={(delivery) => change({ delivery: { ...choice.delivery, ...delivery } })}
          />
        </div>
        <div className="flex flex-col gap-3">
          {overlaps ? (
            <Hours
              label="Both work for (hours)"
              hint="From when the new one was taken. Then the old one ends."
              value={choice.overlapHours}
              onChange={(overlapHours) => change({ overlapHours })}
            />
          ) : null}
          <Hours
            label="The old one can be brought back for (hours)"
            value={choice.holdHours}
            onChange={(holdHours) => change({ holdHours })}
          />
          <Field
            label="End the sessions that are open"
            layout="inline"
            hint="Otherwise they go on with the old one until they close."
          >
            <Checkbox checked={choice.endSessions} onCheckedChange={(endSessions) => change({ endSessions })} />
          </Field>
        </div>
      </div>
      {preview.targets.length > 1 ? <WaveField choice={choice} change={change} count={preview.targets.length} /> : null}
      {preview.targets.length === 1 && preview.targets[0]?.proof === 'login' ? (
        <SecretField
          box={secret}
          hint="The old one. Without it nobody can try whether it still works, and the run’s page says so."
        />
      ) : null}
      <ReasonField value={choice.reason} onChange={(reason) => change({ reason })} choices={reasons} />
    </>
  )
}

/** Many go in waves: the next begins when all of the one before ended well. */
function WaveField({ choice, change, count }: Pick<Rotation, 'choice' | 'change'> & { count: number }) {
  const size = Math.min(count, choice.waveSize)
  const waves = Math.ceil(count / size)
  return (
    <Field
      label="So many at once"
      hint={
        waves > 1
          ? `In ${waves} waves. The next begins when all of the one before ended well, and none after a failure.`
          : 'All of them together. With fewer, the rest stays as it is when one fails.'
      }
      isRequired
    >
      <Input
        type="number"
        min={1}
        max={count}
        value={size}
        className="tabular w-28"
        onChange={(event) => change({ waveSize: Math.min(count, Math.max(1, Number(event.target.value) || 1)) })}
      />
    </Field>
  )
}

interface HoursProps {
  label: string
  hint?: string
  value: number
  onChange: (hours: number) => void
}

const mostHours = 720

function Hours({ label, hint, value, onChange }: HoursProps) {
  return (
    <Field label={label} hint={hint} isRequired>
      <Input
        type="number"
        min={0}
        max={mostHours}
        value={value}
        className="tabular w-28"
        onChange={(event) => onChange(Math.min(mostHours, Math.max(0, Number(event.target.value) || 0)))}
      />
    </Field>
  )
}
