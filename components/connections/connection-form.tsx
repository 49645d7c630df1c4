'use client'

import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { Config, LiveField, LiveSystem } from '@/lib/connections/live'

interface ConfigFieldsProps {
  system: LiveSystem
  /** As typed, by the names of the fields. */
  values: Record<string, string>
  /** What is wrong, by the names of the fields. */
  errors: Record<string, string>
  /** Secrets that are stored already may stay empty. */
  isStored?: boolean
  onChange: (name: string, value: string) => void
}

/** The fields of a system's configuration; what is secret is a password field and is never filled in. */
export function ConfigFields({ system, values, errors, isStored = false, onChange }: ConfigFieldsProps) {
  return system.fields.map((field) => (
    <Field
      key={field.name}
      label={field.title}
      hint={field.secret && isStored ? 'Stored. Leave it empty to keep it.' : field.description}
      error={errors[field.name]}
      isRequired={field.required && !(field.secret && isStored)}
    >
      <ConfigControl field={field} value={values[field.name] ?? ''} onChange={(value) => onChange(field.name, value)} />
    </Field>
  ))
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
        options={field.choices.map((choice) => ({ value: choice, label: choice }))}
        value={value || String(field.default ?? '')}
        onValueChange={onChange}
      />
    )
  if (field.name.toLowerCase().endsWith('pem'))
    return (
      <Textarea rows={3} isMono value={value} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
    )
  return (
    <Input
      type={field.secret ? 'password' : 'text'}
      autoComplete={field.secret ? 'new-password' : 'off'}
      inputMode={field.type === 'integer' || field.type === 'number' ? 'numeric' : undefined}
      placeholder={field.default === undefined ? undefined : String(field.default)}
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** What was typed, as the API takes it: numbers as numbers, and nothing for what was left empty. */
export function configOf(system: LiveSystem, values: Record<string, string>): Config {
  return Object.fromEntries(
    system.fields.flatMap(({ name, type }): [string, string | number][] => {
      const value = values[name] ?? ''
      if (value.trim() === '') return []
      const isNumber = type === 'integer' || type === 'number'
      return [[name, isNumber && Number.isFinite(Number(value)) ? Number(value) : value]]
    }),
  )
}

/** The refusals of an answer by the fields of the form: `config.host` is that of `host`. */
export function fieldErrors(fields: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, problem]) => [name.replace(/^config\./, ''), problem]),
  )
}
