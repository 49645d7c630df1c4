'use client'

import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { csvColumnLabels, type ImportFile } from '@/lib/connections/schema'
import { pathOf } from './check-upload'
import { keptFiles } from './kept-files'
import { KeptMappings } from './kept-mappings'
import { useCsvSamples } from './use-csv-samples'
import { useUpload } from './use-upload'

/** No header can be this: Radix wants a value that is not empty. */
const unmapped = '\u0000'

/** Which column of a CSV stands for what; another choice previews the file anew. */
export function ColumnMapping({ orgId, runId, file }: { orgId: string; runId: string; file: ImportFile }) {
  const [columns, setColumns] = useState<Record<string, string>>(file.columns ?? {})
  const { mutate, isPending, error } = useUpload(orgId)
  const source = keptFiles(runId).find((kept) => pathOf(kept) === file.upload)
  const samples = useCsvSamples(source)
  const options = [
    { value: unmapped, label: 'not in this file' },
    ...(file.header ?? []).map((title) => ({ value: title, label: title })),
  ]
  const isChanged = JSON.stringify(columns) !== JSON.stringify(file.columns ?? {})
  const choose = (target: string, title: string) =>
    setColumns(({ [target]: _former, ...others }) => (title === unmapped ? others : { ...others, [target]: title }))
  return (
    <details open={file.error !== null} className="rounded-md border px-3 py-2 text-sm">
      <summary className="cursor-pointer font-medium">
        Columns{' '}
        <span className="font-normal text-ink-muted">
          {new Set(Object.values(file.columns ?? {})).size} of {file.header?.length ?? 0} are read
        </span>
      </summary>
      <ColumnList header={file.header ?? []} columns={columns} samples={samples} />
      <div className="mt-3 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {Object.entries(csvColumnLabels).map(([target, label]) => (
          <Field key={target} label={label} isRequired={target === 'name'}>
            <Select
              options={options}
              value={columns[target] ?? unmapped}
              onValueChange={(title) => choose(target, title)}
              isDisabled={isPending}
            />
          </Field>
        ))}
      </div>
      <KeptMappings orgId={orgId} runId={runId} file={file} columns={columns} onChoose={setColumns} />
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          disabled={!source || !isChanged || !columns.name}
          isPending={isPending}
          onClick={() => source && mutate({ files: [source], instance: file.instance ?? undefined, columns })}
        >
          Preview with these columns
        </Button>
        {source ? null : (
          <span className="text-ink-muted">Files are not kept: to read other columns, upload {file.name} again.</span>
        )}
        {error ? <Alert tone="danger">{error.message}</Alert> : null}
      </div>
    </details>
  )
}

/** Every column of the file with the first values in it, and what it is read as. */
function ColumnList({
  header,
  columns,
  samples,
}: {
  header: string[]
  columns: Record<string, string>
  samples: Record<string, string[]>
}) {
  const meanings = (title: string) =>
    Object.entries(csvColumnLabels).flatMap(([target, label]) => (columns[target] === title ? [label] : []))
  return (
    <dl className="mt-3 grid max-h-60 max-w-[72ch] grid-cols-[minmax(6rem,max-content)_minmax(0,1fr)_max-content] gap-x-4 overflow-y-auto">
      {header.map((title) => {
        const read = meanings(title)
        return (
          <div key={title} className="col-span-3 grid grid-cols-subgrid border-b py-1 last:border-b-0">
            <dt className="max-w-40 truncate font-medium" title={title}>
              {title}
            </dt>
            <dd className="truncate font-mono text-xs leading-5 text-ink-muted">{samples[title]?.join(', ')}</dd>
            <dd className={read.length > 0 ? '' : 'text-ink-muted'}>
              {read.length > 0 ? read.join(', ') : 'not read'}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
