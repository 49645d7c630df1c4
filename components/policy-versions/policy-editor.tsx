'use client'

import { lazy, Suspense, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Section } from '@/components/ui/page-header'
import { Skeleton } from '@/components/ui/skeleton'
import { Switch } from '@/components/ui/switch'
import { updateVersion } from '@/lib/policy-versions/actions'
import type { VersionDetail } from '@/lib/policy-versions/schema'
import { useVersionChange } from './use-version-change'

// Not a part of any first load: it is fetched when somebody opens a version.
const CodeEditor = lazy(() => import('./code-editor').then((part) => ({ default: part.CodeEditor })))

/** The files of a version, to read or to change, and how they differ from what is in use. */
export function PolicyEditor({ orgId, version }: { orgId: string; version: VersionDetail }) {
  const [files, setFiles] = useState(version.files)
  const [open, setOpen] = useState(version.files[0]?.name ?? '')
  const [isCompared, setIsCompared] = useState(false)
  const [name, setName] = useState('')
  const save = useVersionChange(orgId, updateVersion)
  const shown = files.find((file) => file.name === open) ?? files[0]
  const isChanged = JSON.stringify(files) !== JSON.stringify(version.files)
  const problems = isChanged ? [] : (version.test?.result.problems ?? [])
  const isNamed = /^[a-z][a-z0-9_-]{0,40}\.yaml$/.test(name) && !files.some((file) => file.name === name)
  const change = (text: string) =>
    setFiles((all) => all.map((file) => (file.name === shown?.name ? { ...file, text } : file)))
  return (
    <Section
      title="Text"
      detail={isChanged ? 'Changed, not saved' : undefined}
      actions={
        <Switch label="Show what changed against what is in use" checked={isCompared} onCheckedChange={setIsCompared} />
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-1" role="tablist" aria-label="Files">
          {files.map((file) => (
            <Button
              key={file.name}
              role="tab"
              size="sm"
              variant={file.name === shown?.name ? 'secondary' : 'ghost'}
              aria-selected={file.name === shown?.name}
              onClick={() => setOpen(file.name)}
            >
              {file.name}
              {problems.some((problem) => problem.file === file.name) ? ' · has errors' : ''}
            </Button>
          ))}
        </div>
        {shown ? (
          <Suspense fallback={<Skeleton className="h-80" />}>
            <CodeEditor
              key={`${shown.name} ${version.revision} ${isCompared}`}
              label={`Text of ${shown.name}`}
              text={shown.text}
              former={
                isCompared ? (version.active.files.find((file) => file.name === shown.name)?.text ?? '') : undefined
              }
              problems={problems.filter((problem) => problem.file === shown.name)}
              isReadOnly={!version.can.update}
              onChange={change}
            />
          </Suspense>
        ) : null}
        {isCompared ? (
          <p className="text-sm text-ink-muted">
            {version.active.no === null
              ? 'Nothing of your own is in use, so all of it is new.'
              : `Against version ${version.active.no}, which is in use.`}
          </p>
        ) : null}
        {version.can.update ? (
          <div className="flex flex-wrap items-end gap-2">
            <Button
              variant="primary"
              disabled={!isChanged}
              isPending={save.isPending}
              onClick={() => void save.run({ id: version.id, revision: version.revision, files })}
            >
              Save the text
            </Button>
            <Button disabled={!isChanged} onClick={() => setFiles(version.files)}>
              Undo the changes
            </Button>
            {shown && files.length > 1 ? (
              <Button variant="ghost" onClick={() => setFiles(files.filter((file) => file !== shown))}>
                Remove {shown.name}
              </Button>
            ) : null}
            <Field label="Another file" hint="Tests end in _test.yaml.">
              <Input value={name} isMono placeholder="tool.yaml" onChange={(event) => setName(event.target.value)} />
            </Field>
            <Button
              disabled={!isNamed}
              onClick={() => {
                setFiles([...files, { name, text: '' }])
                setOpen(name)
                setName('')
              }}
            >
              Add it
            </Button>
          </div>
        ) : null}
        {version.can.update && version.state !== 'draft' ? (
          <p className="text-sm text-ink-muted">
            A changed text is a draft again: what was tested and agreed to was another one.
          </p>
        ) : null}
        {save.error ? (
          <Alert tone="danger" isLive title="It was not saved">
            {save.error.message}
          </Alert>
        ) : null}
      </div>
    </Section>
  )
}
