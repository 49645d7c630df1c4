'use client'

import { useQuery } from '@tanstack/react-query'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { formatCount, formatWord } from '@/lib/platform/browser/format'
import { itemLevels } from '@/lib/reviews/values'
import { viewsQuery } from '@/lib/views/queries'
import { type FilterFacet, FilterField } from '../identities/filter-field'
import { ChoiceCards } from '../lifecycle/choice-card'
import { CountField, Part } from './builder-parts'
import { levelLabels, levelSays } from './review-words'
import type { Builder, Scope } from './use-builder'

interface PartProps {
  orgId: string
  builder: Builder
  errorOf: (path: string) => string | undefined
}

/** What is reviewed: the name, the level, and which identities. */
export function ScopePart({ orgId, builder, errorOf }: PartProps) {
  const { draft, change } = builder
  return (
    <Part title="What is reviewed">
      <Field label="Name" isRequired error={errorOf('name')} className="max-w-120">
        <Input
          value={draft.name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      <Field label="What it is for" hint="Reviewers read it first." className="max-w-120">
        <Textarea
          rows={2}
          maxLength={1000}
          value={draft.description}
          onChange={(event) => change({ description: event.target.value })}
        />
      </Field>
      <ChoiceCards
        name="level"
        legend="One decision for each"
        isLegendShown
        className="md:grid-cols-3"
        choices={itemLevels.map((value) => ({ value, title: levelLabels[value], says: levelSays[value] }))}
        value={draft.level}
        onChange={(level) => change({ level })}
      />
      <Which orgId={orgId} builder={builder} errorOf={errorOf} />
    </Part>
  )
}

const ways = [
  { kind: 'identities', label: 'Those that a filter finds' },
  { kind: 'view', label: 'Those of a saved view' },
  { kind: 'new', label: 'Those that are new' },
] as const

const fresh: Record<(typeof ways)[number]['kind'], Scope> = {
  identities: { kind: 'identities', filter: {} },
  view: { kind: 'view', viewId: '' },
  new: { kind: 'new', days: 30 },
}

function Which({ orgId, builder, errorOf }: PartProps) {
  const { draft, change } = builder
  const { scope } = draft
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Which identities</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {ways.map(({ kind, label }) => (
          <label key={kind} className="inline-flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="scope"
              checked={scope.kind === kind}
              onChange={() => change({ scope: fresh[kind] })}
              className="size-4 accent-(--accent)"
            />
            {label}
          </label>
        ))}
      </div>
      {scope.kind === 'identities' ? (
        <FilterField
          orgId={orgId}
          label="Which identities"
          facets={facets}
          value={scope.filter}
          onChange={(filter) => change({ scope: { ...scope, filter } })}
          actions={<Besides filter={scope.filter} />}
        />
      ) : scope.kind === 'view' ? (
        <ViewField
          orgId={orgId}
          value={scope.viewId}
          error={errorOf('scope.viewId')}
          onChange={(viewId) => change({ scope: { kind: 'view', viewId } })}
        />
      ) : scope.kind === 'new' ? (
        <CountField
          label="First seen within (days)"
          least={1}
          most={365}
          value={scope.days}
          error={errorOf('scope.days')}
          onChange={(days) => change({ scope: { kind: 'new', days } })}
        />
      ) : (
        <p className="text-sm text-ink-muted">
          {scope.kind === 'ids'
            ? `${formatCount(scope.ids.length, 'identity', 'identities')}, named one by one.`
            : `Whose credentials a filter finds: ${filterWords(scope.filter)}.`}
        </p>
      )}
      <p className="text-xs text-ink-muted">
        What this finds at the launch is frozen. What comes later is not part of the campaign.
      </p>
    </fieldset>
  )
}

const facets = ['kind', 'environment', 'source', 'privilege', 'owner', 'trait'] as const satisfies FilterFacet[]

const filterWords = (filter: Record<string, string>) =>
  Object.entries(filter)
    .map(
      ([name, value]) =>
        `${formatWord(name)} ${value
          .split(',')
          .map((each) => formatWord(each))
          .join(' or ')}`,
    )
    .join(', ') || 'all'

/** What the filter of a template says and no menu offers. */
function Besides({ filter }: { filter: Record<string, string> }) {
  const others = Object.entries(filter).filter(([name]) => name !== 'q' && !facets.some((id) => id === name))
  if (others.length === 0) return null
  return <span className="text-sm text-ink-muted">and {filterWords(Object.fromEntries(others))}</span>
}

interface ViewFieldProps {
  orgId: string
  value: string
  error: string | undefined
  onChange: (viewId: string) => void
}

function ViewField({ orgId, value, error, onChange }: ViewFieldProps) {
  const { data, isPending } = useQuery(viewsQuery(orgId))
  const views = (data?.items ?? []).filter(({ list }) => list === 'identities')
  return (
    <Field label="View" isRequired error={error} className="max-w-96" hint="As it is at the launch.">
      <Select
        options={views.map(({ id, name, origin }) => ({
          value: id,
          label: name,
          hint: origin === 'builtin' ? 'comes with Bailiwick' : origin,
        }))}
        value={value || undefined}
        placeholder={isPending ? 'Looking…' : 'Choose'}
        onValueChange={onChange}
      />
    </Field>
  )
}
