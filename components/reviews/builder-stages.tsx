'use client'

import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { mostStages, StageRules } from '@/lib/reviews/templates'
import { type SelfReview, type Strategy, strategies } from '@/lib/reviews/values'
import { CountField, OwnerField, Part } from './builder-parts'
import { sourceLabels, strategyLabels } from './review-words'
import type { Builder } from './use-builder'

interface PartProps {
  orgId: string
  builder: Builder
  errorOf: (path: string) => string | undefined
}

type Source = StageRules['reviewers'][number]
const sources: readonly Source[] = ['owner', 'backup', 'team_lead', 'named']

const selfReviews: { value: SelfReview; label: string; hint: string }[] = [
  { value: 'never', label: 'Never', hint: 'They are passed over, and somebody else is asked' },
  { value: 'not_final', label: 'Only before the last stage', hint: 'Others decide after them' },
  { value: 'allowed', label: 'Yes', hint: 'The report shows each case' },
]

/** Who reviews, stage by stage, and who when nobody else can. */
export function StagesPart({ orgId, builder, errorOf }: PartProps) {
  const { draft, changeRules } = builder
  const { stages, fallback, selfReview, timeZone } = draft.rules
  return (
    <Part
      title="Who reviews, and by when"
      says="Asked in this order: the first who can certify it reviews it. Whoever made, uses or owns it alone is passed over."
    >
      <ol className="flex flex-col gap-3">
        {stages.map((stage, index) => (
          <Stage
            // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place
            key={index}
            {...{ orgId, builder, errorOf, stage, index }}
          />
        ))}
      </ol>
      {stages.length < mostStages ? (
        <div>
          <Button
            icon={<Plus aria-hidden />}
            onClick={() =>
              changeRules({
                stages: [...stages, StageRules.parse({ name: `Stage ${stages.length + 1}`, days: 7 })],
              })
            }
          >
            Add a stage
          </Button>
        </div>
      ) : null}
      <div className="flex flex-wrap gap-x-8 gap-y-4">
        <OwnerField
          orgId={orgId}
          label="When nobody else can"
          hint="Without a fallback such items stay without a reviewer, and you are told of them."
          value={fallback ? [fallback] : []}
          most={1}
          error={errorOf('rules.fallback')}
          onChange={([key]) => changeRules({ fallback: key ?? null })}
        />
        <Field
          label="Time zone of the deadlines"
          isRequired
          error={errorOf('rules.timeZone')}
          hint="A stage ends with the last second of its last day there."
        >
          <Input
            list="review-time-zones"
            spellCheck={false}
            className="w-56"
            value={timeZone}
            onChange={(event) => changeRules({ timeZone: event.target.value })}
          />
        </Field>
        <datalist id="review-time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <Field label="May owners, makers and users certify their own" isRequired className="max-w-96">
        <Select
          options={selfReviews}
          value={selfReview}
          onValueChange={(value: SelfReview) => changeRules({ selfReview: value })}
        />
      </Field>
    </Part>
  )
}

function Stage({ orgId, builder, errorOf, stage, index }: PartProps & { stage: StageRules; index: number }) {
  const { draft, changeRules, changeStage } = builder
  const { stages } = draft.rules
  const change = (part: Partial<StageRules>) => changeStage(index, part)
  return (
    <li aria-label={`Stage ${index + 1}`} className="flex flex-col gap-3 rounded-md border px-3 py-3">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="flex flex-wrap gap-x-6 gap-y-3">
          <Field label={`Stage ${index + 1}`} isRequired error={errorOf(`rules.stages.${index}.name`)}>
            <Input
              className="w-52"
              value={stage.name}
              maxLength={100}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <CountField
            label="Days"
            least={1}
            most={365}
            value={stage.days}
            error={errorOf(`rules.stages.${index}.days`)}
            onChange={(days) => change({ days })}
          />
        </div>
        {stages.length > 1 ? (
          <IconButton
            label={`Take stage ${index + 1} out`}
            onClick={() => changeRules({ stages: stages.filter((_, place) => place !== index) })}
          >
            <X aria-hidden />
          </IconButton>
        ) : null}
      </div>
      <Order stage={stage} index={index} onChange={(reviewers) => change({ reviewers })} />
      {stage.reviewers.includes('named') ? (
        <OwnerField
          orgId={orgId}
          label={`Named in stage ${index + 1}`}
          value={stage.named}
          most={20}
          error={stage.named.length === 0 ? errorOf('rules.stages') : undefined}
          onChange={(named) => change({ named })}
        />
      ) : null}
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <Field label="How many decide" isRequired className="w-60">
          <Select
            options={[
              { value: 'first', label: 'One reviewer for each' },
              { value: 'all', label: 'All whom it finds there' },
            ]}
            value={stage.howMany}
            onValueChange={(howMany: StageRules['howMany']) => change({ howMany })}
          />
        </Field>
        {stage.howMany === 'all' ? (
          <Field label="How their words make one" isRequired className="w-64">
            <Select
              options={strategies.map((value) => ({ value, label: strategyLabels[value] }))}
              value={stage.strategy}
              onValueChange={(strategy: Strategy) => change({ strategy })}
            />
          </Field>
        ) : null}
      </div>
    </li>
  )
}

interface OrderProps {
  stage: StageRules
  index: number
  onChange: (reviewers: Source[]) => void
}

/** Whom it asks first, then, and after that; moved by buttons, so that no dragging is needed. */
function Order({ stage, index, onChange }: OrderProps) {
  const { reviewers } = stage
  const swap = (from: number, to: number) => {
    const next = [...reviewers]
    const [moved] = next.splice(from, 1)
    if (moved) next.splice(to, 0, moved)
    onChange(next)
  }
  const others = sources.filter((source) => !reviewers.includes(source))
  return (
    <fieldset aria-label={`Reviewers of stage ${index + 1}, in their order`}>
      <p className="mb-1 text-sm font-medium">Asked in this order</p>
      <ol className="max-w-96">
        {reviewers.map((source, place) => (
          <li key={source} className="flex min-h-9 items-center gap-2 border-b text-sm last:border-b-0">
            <span className="tabular w-4 text-ink-muted">{place + 1}</span>
            <span className="flex-1">{sourceLabels[source]}</span>
            <IconButton
              size="sm"
              label={`${sourceLabels[source]}: earlier`}
              disabled={place === 0}
              onClick={() => swap(place, place - 1)}
            >
              <ArrowUp aria-hidden />
            </IconButton>
            <IconButton
              size="sm"
              label={`${sourceLabels[source]}: later`}
              disabled={place === reviewers.length - 1}
              onClick={() => swap(place, place + 1)}
            >
              <ArrowDown aria-hidden />
            </IconButton>
            <IconButton
              size="sm"
              label={`${sourceLabels[source]}: do not ask`}
              disabled={reviewers.length === 1}
              onClick={() => onChange(reviewers.filter((each) => each !== source))}
            >
              <X aria-hidden />
            </IconButton>
          </li>
        ))}
      </ol>
      {others.length > 0 ? (
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          {others.map((source) => (
            <Button key={source} size="sm" icon={<Plus aria-hidden />} onClick={() => onChange([...reviewers, source])}>
              {sourceLabels[source]}
            </Button>
          ))}
        </div>
      ) : null}
    </fieldset>
  )
}
