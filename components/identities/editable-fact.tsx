'use client'

import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { Select } from '@/components/ui/select'
import { type Criticality, criticalities } from '@/lib/identities/edits'
import type { IdentityDetail } from '@/lib/identities/schema'
import { criticalityWords } from './edit-words'
import { EditedMark } from './edited-mark'
import { InlineEdit, TextForm } from './inline-edit'
import { useSaveEdit } from './use-identity-edit'

const environments = ['production', 'staging', 'development', 'test']

/** Description or environment: what holds, whose word it is, and the way to change it. */
export function EditableText({ identity, field }: { identity: IdentityDetail; field: 'description' | 'environment' }) {
  const save = useSaveEdit()
  const [base, setBase] = useState(identity)
  const mayEdit = save !== undefined && identity.can.update
  const value = identity[field]
  const what = field === 'description' ? 'Description' : 'Environment'
  const shown: ReactNode =
    field === 'environment' ? (
      <EnvironmentTag environment={value} />
    ) : value ? (
      <span className="break-words whitespace-pre-wrap">{value}</span>
    ) : (
      <span className="text-ink-muted italic">unknown</span>
    )
  return (
    <>
      {mayEdit ? (
        <InlineEdit
          label={field}
          onOpen={() => setBase(identity)}
          form={(close) => (
            <TextForm
              label={what}
              value={base[field]}
              maxLength={field === 'description' ? 2000 : 100}
              isLong={field === 'description'}
              suggestions={field === 'environment' ? environments : undefined}
              onSave={(next) => save({ base, edit: { [field]: next }, what })}
              onClose={close}
            />
          )}
        >
          {shown}
        </InlineEdit>
      ) : (
        shown
      )}
      {identity.edited[field] ? (
        <EditedMark
          label={field}
          source={identity.sourceSays[field]}
          onUseSource={mayEdit ? () => save({ base: identity, edit: { useSource: [field] }, what }) : undefined}
        />
      ) : null}
    </>
  )
}

/** How much depends on it: people's word alone, no source tells. */
export function EditableCriticality({ identity }: { identity: IdentityDetail }) {
  const save = useSaveEdit()
  const [base, setBase] = useState(identity)
  const { criticality } = identity
  const shown = criticality ? (
    criticalityWords[criticality]
  ) : (
    <span className="text-ink-muted italic">nobody has said</span>
  )
  if (!save || !identity.can.update) return shown
  const choose = (next: Criticality | null) => save({ base, edit: { criticality: next }, what: 'Criticality' })
  return (
    <InlineEdit
      label="criticality"
      onOpen={() => setBase(identity)}
      form={(close) => (
        <span className="flex flex-wrap items-center gap-1">
          <Select
            label="Criticality"
            className="w-32"
            options={criticalities.map((value) => ({ value, label: criticalityWords[value] }))}
            value={base.criticality ?? undefined}
            onValueChange={(next) => {
              choose(next)
              close()
            }}
          />
          {base.criticality ? (
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                choose(null)
                close()
              }}
            >
              Clear
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" onClick={close}>
            Cancel
          </Button>
        </span>
      )}
    >
      {shown}
    </InlineEdit>
  )
}
