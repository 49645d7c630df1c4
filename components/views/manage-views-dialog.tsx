'use client'

import { Download, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { notifyDone } from '@/components/ui/toast'
import { formatCount } from '@/lib/platform/browser/format'
import { isAppError } from '@/lib/platform/errors'
import { readViewDocument } from '@/lib/views/filters'
import type { View, ViewedList } from '@/lib/views/schema'
import { SaveViewDialog } from './save-view-dialog'
import { useViewChanges } from './use-view-changes'
import { ViewLine } from './view-line'

/** `views.0.name` as people say it. */
function placeWords(path: string): string {
  const [list, at, ...rest] = path.split('.')
  if (list !== 'views' || at === undefined) return path === 'file' ? 'The file' : path
  return [`View ${Number(at) + 1}`, ...rest].join(', ')
}

interface ManageViewsDialogProps {
  orgId: string
  list: ViewedList
  /** Those of this list, in the person's order. */
  views: readonly View[]
  onClose: () => void
}

/** Names, order, default and sharing of views; taking them out as a file and in from one. */
export function ManageViewsDialog({ orgId, list, views, onClose }: ManageViewsDialogProps) {
  const { update, prefer, remove, take } = useViewChanges(orgId)
  const [renamed, setRenamed] = useState<View>()
  const [problem, setProblem] = useState<{ message: string; fields: [string, string][] }>()
  const input = useRef<HTMLInputElement>(null)
  const hasOwn = views.some((view) => view.isMine)

  const move = (view: View, step: 1 | -1) => {
    const ids = views.map(({ id }) => id)
    const at = ids.indexOf(view.id)
    const other = ids[at + step]
    if (other === undefined) return
    ids[at] = other
    ids[at + step] = view.id
    prefer.mutate({ list, order: ids })
  }
  const readFile = async (file: File) => {
    setProblem(undefined)
    try {
      const { created, already } = await take.mutateAsync(readViewDocument(await file.text()))
      const left = already.length > 0 ? `${formatCount(already.length, 'view')} you had already.` : undefined
      notifyDone(`${formatCount(created.length, 'view')} taken in`, left)
    } catch (error) {
      const fields = isAppError(error) ? Object.entries(error.fields ?? {}) : []
      setProblem({ message: error instanceof Error ? error.message : 'The file could not be read.', fields })
    }
  }
  if (renamed) {
    return (
      <SaveViewDialog
        orgId={orgId}
        list={list}
        query={renamed.query}
        view={renamed}
        mayShare={renamed.can.share}
        onClose={() => setRenamed(undefined)}
      />
    )
  }
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={`Views of ${list}`}
        description="Saved ones can be renamed, shared and deleted; every view can open by itself and stand where you want it."
        footer={
          <>
            <div className="mr-auto flex flex-wrap gap-2">
              <Button icon={<Upload aria-hidden />} isPending={take.isPending} onClick={() => input.current?.click()}>
                Import…
              </Button>
              {hasOwn ? (
                <Button asChild>
                  <a href="/api/v1/views/document" download="bailiwick-views.json">
                    <Download aria-hidden />
                    Export mine
                  </a>
                </Button>
              ) : null}
            </div>
            <DialogClose asChild>
              <Button variant="primary">Done</Button>
            </DialogClose>
          </>
        }
      >
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          tabIndex={-1}
          aria-label="File of views"
          className="sr-only"
          onChange={(event) => {
            const [file] = event.target.files ?? []
            event.target.value = ''
            if (file) void readFile(file)
          }}
        />
        {problem ? (
          <Alert tone="danger" isLive title="The file was not taken in" className="mb-3">
            {problem.fields.length > 0 ? (
              <ul>
                {problem.fields.slice(0, 10).map(([name, message]) => (
                  <li key={name}>
                    {placeWords(name)}: {message}
                  </li>
                ))}
              </ul>
            ) : (
              problem.message
            )}
          </Alert>
        ) : null}
        <ul aria-label={`Views of ${list}`} className="-mx-4 -my-3">
          {views.map((view, index) => (
            <ViewLine
              key={view.id}
              view={view}
              isFirst={index === 0}
              isLast={index === views.length - 1}
              onMove={(step) => move(view, step)}
              onRename={() => setRenamed(view)}
              onDefault={(isDefault) => prefer.mutate({ list, defaultView: isDefault ? view.id : null })}
              onShare={(isShared) =>
                update.mutate(
                  { id: view.id, isShared },
                  { onError: (error) => setProblem({ message: error.message, fields: [] }) },
                )
              }
              onDelete={() => remove.mutate(view)}
            />
          ))}
        </ul>
      </DialogContent>
    </Dialog>
  )
}
