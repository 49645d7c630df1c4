'use client'

import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { FileDrop } from '@/components/ui/file-drop'
import { Input } from '@/components/ui/input'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Progress } from '@/components/ui/progress'
import { ForbiddenState } from '@/components/ui/state-block'
import type { ImportList } from '@/lib/connections/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { ImportHistory } from './import-history'
import { useUpload } from './use-upload'

export interface ImportScreenProps {
  orgId: string
  initial: ActionResult<ImportList>
  /** Titles of the formats that are recognised. */
  formats: string[]
}

/** Where files come in, and what became of those before. */
export function ImportScreen({ orgId, initial, formats }: ImportScreenProps) {
  if (!initial.ok && initial.error.code === 'forbidden') {
    return (
      <>
        <PageHeader title="Import" />
        <ForbiddenState title="You may not see imports">{initial.error.message}</ForbiddenState>
      </>
    )
  }
  const mayUpload = initial.ok && initial.data.can.preview === true
  return (
    <>
      <PageHeader title="Import">
        Bring in exports that you already have. You see what would change before anything does; the files themselves are
        not kept.
      </PageHeader>
      {mayUpload ? <UploadForm orgId={orgId} formats={formats} /> : null}
      <ImportHistory orgId={orgId} initial={initial} />
    </>
  )
}

function UploadForm({ orgId, formats }: { orgId: string; formats: string[] }) {
  const [instance, setInstance] = useState('')
  const { mutate, isPending, error, share, cancel, variables } = useUpload(orgId)
  const isAborted = error?.name === 'AbortError'
  return (
    <Section title="New import">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <FileDrop
          label="Drop exports here"
          hint={`${formats.join(' · ')}. Up to 200 files, 50 MB each; .gz is unpacked.`}
          isDisabled={isPending}
          onFiles={(files) => mutate({ files, instance: instance.trim() })}
        />
        <div className="flex flex-col gap-3">
          <Field
            label="Name of the source"
            hint="Only for files that do not say where they come from: the cluster of Kubernetes manifests, the system of a CSV."
          >
            <Input
              value={instance}
              onChange={(event) => setInstance(event.target.value)}
              placeholder="prod-eu-1"
              maxLength={200}
              disabled={isPending}
            />
          </Field>
          {isPending ? (
            <div className="flex flex-col gap-2">
              <Progress
                label={
                  share < 1
                    ? `Sending ${variables?.files.length === 1 ? variables.files[0]?.name : `${variables?.files.length ?? 0} files`}`
                    : 'Reading and comparing with the catalogue'
                }
                value={share}
                max={1}
                isIndeterminate={share >= 1}
              />
              <div>
                <Button size="sm" variant="ghost" onClick={cancel}>
                  Cancel
                </Button>
              </div>
            </div>
          ) : null}
          {error && !isAborted ? (
            <Alert tone="danger" title="The files could not be read" isLive>
              {error.message}
            </Alert>
          ) : null}
        </div>
      </div>
    </Section>
  )
}
