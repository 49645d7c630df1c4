'use client'

import { FileUp } from 'lucide-react'
import { type ReactNode, useId, useRef, useState } from 'react'
import { Button } from './button'
import { cn } from './class-names'
import { droppedFiles } from './dropped-files'

/** Known to every browser, but not to the types of React. */
const wholeFolders = { webkitdirectory: '' }

export interface FileDropProps {
  /** "Drop exports here". */
  label: string
  /** What is taken and up to what size. */
  hint?: ReactNode
  onFiles: (files: File[]) => void
  /** As of `<input accept>`; a hint for the file dialog only, the server decides. */
  accept?: string
  isMultiple?: boolean
  /** Folders are taken too, with all that is in them; their files then have a `webkitRelativePath`. */
  hasFolders?: boolean
  isDisabled?: boolean
  className?: string
}

/** Files by drag and drop, by the file dialog, by keyboard, or by paste. What becomes of them is the parent's matter. */
export function FileDrop({
  label,
  hint,
  onFiles,
  accept,
  isMultiple = true,
  hasFolders,
  isDisabled,
  className,
}: FileDropProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [depth, setDepth] = useState(0)
  const isOver = depth > 0 && !isDisabled

  const take = (list: Iterable<File> | null) => {
    const files = Array.from(list ?? [])
    if (files.length > 0 && !isDisabled) onFiles(isMultiple ? files : files.slice(0, 1))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no drop zone; the button inside is the control
    <div
      role="group"
      aria-labelledby={`${id}-label`}
      aria-describedby={hint ? `${id}-hint` : undefined}
      onDragEnter={(event) => {
        event.preventDefault()
        setDepth((value) => value + 1)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => setDepth((value) => Math.max(0, value - 1))}
      onDrop={(event) => {
        event.preventDefault()
        setDepth(0)
        if (hasFolders) void droppedFiles(event.dataTransfer).then(take)
        else take(event.dataTransfer.files)
      }}
      onPaste={(event) => take(event.clipboardData.files)}
      className={cn(
        'flex flex-col items-center gap-3 rounded-lg border border-dashed border-line-strong px-4 py-8 text-center',
        isOver && 'border-solid border-accent-ink bg-accent-wash',
        isDisabled && 'opacity-50',
        className,
      )}
    >
      <FileUp className="size-5 text-ink-muted" aria-hidden />
      <div>
        <p id={`${id}-label`} className="text-sm font-medium">
          {isOver ? 'Let go to add the files' : label}
        </p>
        {hint ? (
          <div id={`${id}-hint`} className="mt-0.5 max-w-[60ch] text-xs text-ink-muted">
            {hint}
          </div>
        ) : null}
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        <Button onClick={() => input.current?.click()} disabled={isDisabled}>
          Choose {isMultiple ? 'files' : 'a file'}
        </Button>
        {hasFolders ? (
          <Button variant="ghost" onClick={() => folder.current?.click()} disabled={isDisabled}>
            Choose a folder
          </Button>
        ) : null}
      </div>
      <input
        ref={input}
        type="file"
        multiple={isMultiple}
        accept={accept}
        disabled={isDisabled}
        tabIndex={-1}
        aria-label={label}
        className="sr-only"
        onChange={(event) => {
          take(event.target.files)
          event.target.value = ''
        }}
      />
      {hasFolders ? (
        <input
          ref={folder}
          type="file"
          multiple
          {...wholeFolders}
          disabled={isDisabled}
          tabIndex={-1}
          aria-label={`${label}: a folder`}
          data-folder
          className="sr-only"
          onChange={(event) => {
            take(event.target.files)
            event.target.value = ''
          }}
        />
      ) : null}
    </div>
  )
}
