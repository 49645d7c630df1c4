'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { notifyDone } from '@/components/ui/toast'
import { ColumnMapping, type ImportFile } from '@/lib/connections/schema'
import { apiFetch } from '@/lib/platform/browser/api'

interface KeptMappingsProps {
  orgId: string
  runId: string
  file: ImportFile
  /** The columns as they are chosen now. */
  columns: Record<string, string>
  onChoose: (columns: Record<string, string>) => void
}

const bare = (title: string) => title.trim().replaceAll(/\s+/g, ' ').toLowerCase()

/** A kept mapping in the titles of this file, which may differ in case and spaces. */
function fitTo(header: readonly string[], columns: Record<string, string>): Record<string, string> {
  const titles = new Map(header.map((title) => [bare(title), title]))
  return Object.fromEntries(
    Object.entries(columns).map(([target, title]) => [target, titles.get(bare(title)) ?? title]),
  )
}

/** Column mappings that are kept for files with this header: one can be taken, forgotten, or added. */
export function KeptMappings({ orgId, runId, file, columns, onChoose }: KeptMappingsProps) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const mappings = file.mappings.map((mapping) => ({ ...mapping, columns: fitTo(file.header ?? [], mapping.columns) }))
  const key = (chosen: Record<string, string>) => JSON.stringify(Object.entries(chosen).sort())
  const chosen = mappings.find((mapping) => key(mapping.columns) === key(columns))
  const refresh = () => queries.invalidateQueries({ queryKey: ['imports', orgId, runId] })
  const keep = useMutation({
    mutationFn: () =>
      apiFetch('/api/v1/column-mappings', {
        method: 'POST',
        body: { name: name.trim(), header: file.header ?? [], columns },
        schema: ColumnMapping,
      }),
    onSuccess: async (mapping) => {
      setName('')
      await refresh()
      notifyDone('Mapping kept', `The next file with this header is read by "${mapping.name}".`)
    },
  })
  const forget = useMutation({
    mutationFn: (id: string) => apiFetch(`/api/v1/column-mappings/${id}`, { method: 'DELETE' }),
    onSuccess: refresh,
  })
  const error = keep.error ?? forget.error
  return (
    <div className="mt-3 flex flex-wrap items-end gap-3">
      {mappings.length > 0 ? (
        <>
          <Field label="Kept mapping" className="w-60">
            <Select
              options={mappings.map((mapping) => ({ value: mapping.id, label: mapping.name }))}
              value={chosen?.id ?? ''}
              placeholder="another choice"
              onValueChange={(id) => {
                const mapping = mappings.find((each) => each.id === id)
                if (mapping) onChoose(mapping.columns)
              }}
            />
          </Field>
          {chosen ? (
            <Button variant="ghost" isPending={forget.isPending} onClick={() => forget.mutate(chosen.id)}>
              Forget "{chosen.name}"
            </Button>
          ) : null}
        </>
      ) : null}
      {chosen ? null : (
        <>
          <Field label="Keep these columns as" className="w-60">
            <Input
              value={name}
              maxLength={80}
              placeholder="Monthly key list"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Button
            disabled={name.trim() === '' || !columns.name}
            isPending={keep.isPending}
            onClick={() => keep.mutate()}
          >
            Keep for files with this header
          </Button>
        </>
      )}
      {error ? <Alert tone="danger">{error.message}</Alert> : null}
    </div>
  )
}
