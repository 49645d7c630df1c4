'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { compareEdits, type EditLine, editOver } from '@/lib/identities/edits'
import { pathWord } from './edit-words'
import { type EditConflict, editableOf, type SaveEdit } from './use-identity-edit'

interface EditConflictDialogProps {
  conflict: EditConflict
  isPending: boolean
  onSave: SaveEdit
  onClose: () => void
}

/** What was there, what somebody else made of it, and what the reader wants: nothing is overwritten unseen. */
export function EditConflictDialog({ conflict, isPending, onSave, onClose }: EditConflictDialogProps) {
  const { before, theirs, mine, what } = conflict
  const lines = compareEdits(before, editableOf(theirs), mine)
  const [theirsKept, setTheirsKept] = useState<string[]>([])
  const isMine = ({ kind, path }: EditLine) => (kind === 'mine' || kind === 'conflict') && !theirsKept.includes(path)
  const wanted = lines.filter(isMine)
  const choose = (path: string, keepsTheirs: boolean) =>
    setTheirsKept(keepsTheirs ? [...theirsKept, path] : theirsKept.filter((kept) => kept !== path))
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title="Somebody else edited this while you did"
        description="Nothing of yours is saved yet. Choose for each value what shall stand."
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              Keep theirs
            </Button>
            <Button
              variant="primary"
              disabled={wanted.length === 0}
              isPending={isPending}
              onClick={() => onSave({ base: theirs, edit: editOver(editableOf(theirs), mine, wanted), what })}
            >
              {wanted.length === 1 ? 'Save mine' : `Save ${wanted.length} of mine`}
            </Button>
          </>
        }
      >
        <div className="overflow-x-auto">
          <table aria-label="The three versions" className="w-full min-w-140 table-fixed text-left text-sm">
            <thead className="text-xs text-ink-muted">
              <tr>
                <th scope="col" className="w-36 py-1 pr-3 font-medium">
                  Value
                </th>
                <th scope="col" className="py-1 pr-3 font-medium">
                  Before
                </th>
                <th scope="col" className="py-1 pr-3 font-medium">
                  Theirs, saved
                </th>
                <th scope="col" className="py-1 font-medium">
                  Mine, not saved
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <ConflictRow
                  key={line.path}
                  line={line}
                  isMine={isMine(line)}
                  onChoose={(keepsTheirs) => choose(line.path, keepsTheirs)}
                />
              ))}
            </tbody>
          </table>
        </div>
      </DialogContent>
    </Dialog>
  )
}

interface ConflictRowProps {
  line: EditLine
  isMine: boolean
  onChoose: (keepsTheirs: boolean) => void
}

function ConflictRow({ line, isMine, onChoose }: ConflictRowProps) {
  const { path, before, theirs, mine, kind } = line
  const hasChoice = kind === 'mine' || kind === 'conflict'
  const name = pathWord(path)
  const side = (text: string | null, label: string, keepsTheirs: boolean) => (
    <td className="py-1.5 pr-3 align-top">
      {hasChoice ? (
        <label className="flex min-h-6 items-start gap-2">
          <input
            type="radio"
            name={path}
            checked={isMine !== keepsTheirs}
            onChange={() => onChoose(keepsTheirs)}
            aria-label={`${name}: ${label}`}
            className="mt-1 accent-accent"
          />
          <Words text={text} />
        </label>
      ) : (
        <Words text={text} />
      )}
    </td>
  )
  return (
    <tr className="border-t">
      <th scope="row" className="py-1.5 pr-3 align-top font-normal break-words">
        {name}
        {kind === 'conflict' ? <span className="block text-xs text-warning-ink">changed by both</span> : null}
      </th>
      <td className="py-1.5 pr-3 align-top text-ink-muted">
        <Words text={before} />
      </td>
      {side(theirs, 'theirs', true)}
      {side(mine, 'mine', false)}
    </tr>
  )
}

function Words({ text }: { text: string | null }) {
  if (text === null) return <span className="text-ink-muted italic">nothing</span>
  return <span className="min-w-0 break-words whitespace-pre-wrap">{text}</span>
}
