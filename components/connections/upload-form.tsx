'use client'

import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Field } from '@/components/ui/field'
import { FileDrop } from '@/components/ui/file-drop'
import { Input } from '@/components/ui/input'
import { Section } from '@/components/ui/page-header'
import { formatBytes } from '@/lib/platform/browser/format'
import { type UploadLimits, uploadProblem, withoutLitter } from './check-upload'
import { UploadProgress } from './upload-progress'
import { useUpload } from './use-upload'

/** Files and folders go in here; what speaks against them is said before anything is sent. */
export function UploadForm({ orgId, limits }: { orgId: string; limits: UploadLimits }) {
  const [instance, setInstance] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const { mutate, isPending, error, share, rate, cancel, variables } = useUpload(orgId)
  const isAborted = error?.name === 'AbortError'
  const take = (chosen: File[]) => {
    const files = withoutLitter(chosen)
    const found = uploadProblem(files, limits)
    setProblem(found)
    if (found === null) mutate({ files, instance: instance.trim() })
  }
  return (
    <Section title="New import">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <FileDrop
          label="Drop exports here"
          hint={`Files, folders, .zip and .gz. Up to ${limits.files} files of ${formatBytes(limits.bytesPerFile)} each, ${formatBytes(limits.bytesInAll)} together. What they are is recognised by what is in them.`}
          isDisabled={isPending}
          hasFolders
          onFiles={take}
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
          {isPending && variables ? (
            <UploadProgress files={variables.files} share={share} rate={rate} onCancel={cancel} />
          ) : null}
          {problem ? (
            <Alert tone="warning" title="Nothing was sent" isLive>
              {problem}
            </Alert>
          ) : null}
          {error && !isAborted && !problem ? (
            <Alert tone="danger" title="The files could not be read" isLive>
              {error.message}
            </Alert>
          ) : null}
        </div>
      </div>
    </Section>
  )
}
