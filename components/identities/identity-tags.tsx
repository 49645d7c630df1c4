'use client'

import { Plus, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { Field } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { Input } from '@/components/ui/input'
import type { IdentityDetail } from '@/lib/identities/schema'
import { EditedMark } from './edited-mark'
import { InlineEdit, TextForm } from './inline-edit'
import { useSaveEdit } from './use-identity-edit'

/** The source's tags with people's over them, each changed in its place; those that people took away say so. */
export function IdentityTags({ identity }: { identity: IdentityDetail }) {
  const { tags, sourceSays, edited, can } = identity
  const save = useSaveEdit()
  const mayEdit = save !== undefined && can.update
  const names = [...new Set([...Object.keys(tags), ...edited.tags])].toSorted((a, b) => a.localeCompare(b, 'en'))
  return (
    <div className="flex flex-col gap-2">
      {names.length === 0 ? (
        <p className="text-sm text-ink-muted">Its source gives it no tags, and nobody here has.</p>
      ) : (
        <DescriptionList
          items={names.map((name) => ({ term: name, detail: <Tag key={name} identity={identity} name={name} /> }))}
        />
      )}
      {mayEdit ? <NewTag key={names.join()} identity={identity} taken={sourceSays.tags} /> : null}
    </div>
  )
}

function Tag({ identity, name }: { identity: IdentityDetail; name: string }) {
  const { tags, sourceSays, edited, can } = identity
  const save = useSaveEdit()
  const [base, setBase] = useState(identity)
  const value = tags[name]
  const what = `Tag ${name}`
  const mayEdit = save !== undefined && can.update
  const shown =
    value === undefined ? (
      <span className="text-ink-muted italic">taken away</span>
    ) : (
      <span className="font-mono text-xs break-all">{value || '(empty)'}</span>
    )
  return (
    <>
      <span className="flex items-start justify-between gap-1">
        {mayEdit ? (
          <InlineEdit
            label={`tag ${name}`}
            onOpen={() => setBase(identity)}
            form={(close) => (
              <TextForm
                label={what}
                value={base.tags[name] ?? null}
                maxLength={500}
                onSave={(next) => save({ base, edit: { tags: { [name]: next ?? '' } }, what })}
                onClose={close}
              />
            )}
          >
            {shown}
          </InlineEdit>
        ) : (
          shown
        )}
        {mayEdit && value !== undefined ? (
          <IconButton
            label={`Take tag ${name} away`}
            size="sm"
            className="-my-0.5 text-ink-muted"
            onClick={() => save({ base: identity, edit: { tags: { [name]: null } }, what })}
          >
            <X aria-hidden />
          </IconButton>
        ) : null}
      </span>
      {edited.tags.includes(name) ? (
        <EditedMark
          label={`tag ${name}`}
          source={sourceSays.tags[name] ?? null}
          onUseSource={
            mayEdit ? () => save({ base: identity, edit: { useSource: [`tags.${name}`] }, what }) : undefined
          }
        />
      ) : null}
    </>
  )
}

function NewTag({ identity, taken }: { identity: IdentityDetail; taken: Record<string, string> }) {
  const save = useSaveEdit()
  const [base, setBase] = useState<IdentityDetail>()
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  if (!base) {
    return (
      <div>
        <Button size="sm" icon={<Plus aria-hidden />} onClick={() => setBase(identity)}>
          Add a tag
        </Button>
      </div>
    )
  }
  const isTaken = name.trim() in taken || name.trim() in identity.tags
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim() || isTaken) return
    save?.({ base, edit: { tags: { [name.trim()]: value.trim() } }, what: `Tag ${name.trim()}` })
    setBase(undefined)
    setName('')
    setValue('')
  }
  return (
    <form className="flex flex-wrap items-end gap-2" onSubmit={add}>
      <Field label="Name" isRequired className="w-40" error={isTaken ? 'There is a tag of that name.' : undefined}>
        <Input value={name} maxLength={128} isMono onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label="Value" className="w-48">
        <Input value={value} maxLength={500} isMono onChange={(event) => setValue(event.target.value)} />
      </Field>
      <Button type="submit" variant="primary" disabled={!name.trim() || isTaken}>
        Add tag
      </Button>
      <Button type="button" variant="ghost" onClick={() => setBase(undefined)}>
        Cancel
      </Button>
    </form>
  )
}
