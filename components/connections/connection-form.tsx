'use client'

import { cn } from '@/components/ui/class-names'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { Config, LiveField, LiveSystem } from '@/lib/connections/live'
import { choiceWords } from './sync-words'

/** What was typed, by the names of the fields. */
type Typed = Record<string, string>

export interface ConfigFieldsProps {
  system: LiveSystem
  values: Typed
  /** What is wrong, by the names of the fields. */
  errors: Record<string, string>
  /** Secrets that are stored already: kept when empty, or needed again, as another setting has changed. */
  stored?: 'none' | 'kept' | 'needed'
  onChange: (name: string, value: string) => void
}

const hints = {
  none: undefined,
  kept: 'Stored. Leave it empty to keep it.',
  needed: 'Needed again: with these settings it would be sent elsewhere than before.',
}

/** The fields of a system's configuration; what is secret is a password field and is never filled in. */
export function ConfigFields({ system, values, errors, stored = 'none', onChange }: ConfigFieldsProps) {
  const fields = system.fields.filter(({ name }) => !(ofTls.includes(name) && values.tls === 'off'))
  return (
    <div className="grid grid-cols-4 gap-4">
      {fields.map((field) => (
        <Field
          key={field.name}
          className={cn('col-span-4', spans[field.name])}
          label={field.title}
          hint={(field.secret ? hints[stored] : undefined) ?? (field.choices ? undefined : field.description)}
          error={errors[field.name]}
          isRequired={field.default !== undefined || (field.required && !(field.secret && stored === 'kept'))}
        >
          <ConfigControl
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => onChange(field.name, value)}
          />
        </Field>
      ))}
    </div>
  )
}

/** What only matters with encryption. */
const ofTls = ['caPem', 'start']

/** Those that stand side by side. */
const spans: Record<string, string> = {
  host: 'col-span-3',
  port: 'col-span-1',
  user: 'sm:col-span-2',
  password: 'sm:col-span-2',
}

function ConfigControl({
  field,
  value,
  onChange,
}: {
  field: LiveField
  value: string
  onChange: (value: string) => void
}) {
  if (field.choices)
    return (
      <Select
        options={field.choices.map((choice) => ({ value: choice, label: choiceWords(field.name, choice) }))}
        value={value || String(field.default ?? '')}
        onValueChange={onChange}
      />
    )
  if (field.isLong || field.name.toLowerCase().endsWith('pem'))
    return (
      <Textarea rows={3} isMono value={value} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
    )
  return (
    <Input
      type={field.secret ? 'password' : 'text'}
      autoComplete={field.secret ? 'new-password' : 'off'}
      inputMode={isNumber(field) ? 'numeric' : undefined}
      placeholder={field.default === undefined ? undefined : String(field.default)}
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

const isNumber = ({ type }: LiveField) => type === 'integer' || type === 'number'

const written = (field: LiveField, value: string) =>
  isNumber(field) && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value

/** What was typed, as the API takes it: numbers as numbers, and nothing for what was left empty. */
export function configOf(system: LiveSystem, values: Typed): Config {
  return Object.fromEntries(
    system.fields.flatMap((field): [string, string | number][] => {
      const value = values[field.name] ?? ''
      return value.trim() === '' ? [] : [[field.name, written(field, value)]]
    }),
  )
}

/** An empty form: what is usual stands in it. */
export function usualOf(system: LiveSystem): Typed {
  return Object.fromEntries(
    system.fields.map(({ name, default: usual }) => [name, usual === undefined ? '' : String(usual)]),
  )
}

/** A stored configuration as it stands in the form; secrets are empty. */
export function typedOf(system: LiveSystem, config: Record<string, unknown>): Typed {
  return Object.fromEntries(
    system.fields.map(({ name, secret }) => [name, secret || config[name] === undefined ? '' : String(config[name])]),
  )
}

/**
 * What differs from a stored configuration, for a change of it: emptied fields as '', secrets only when they were typed.
 * `isElsewhere`: stored secrets would be sent elsewhere than before, so they have to be typed again.
 */
export function changedConfig(
  system: LiveSystem,
  config: Record<string, unknown>,
  values: Typed,
): { config: Config; isElsewhere: boolean } {
  const before = typedOf(system, config)
  const changed = system.fields.filter(({ name }) => (values[name] ?? '').trim() !== before[name])
  const asDefault = (field: LiveField) => String(field.default ?? '')
  return {
    config: Object.fromEntries(changed.map((field) => [field.name, written(field, (values[field.name] ?? '').trim())])),
    isElsewhere: changed.some(
      (field) =>
        !field.secret && !field.isScope && (values[field.name] || asDefault(field)).trim() !== before[field.name],
    ),
  }
}

/** The refusals of an answer by the fields of the form: `config.host` is that of `host`. */
export function fieldErrors(fields: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, problem]) => [
      name.replace(/^config\./, ''),
      `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`,
    ]),
  )
}
