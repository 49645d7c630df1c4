'use client'

import { Check, Copy, Download } from 'lucide-react'
import { useState } from 'react'
import { saveFile } from '@/components/graph/save-picture'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code'
import { Dialog, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { formatCount } from '@/lib/platform/browser/format'
import { fileNameOf } from './picture-file'
import { type ChangeLine, linesAsCsv, linesAsText } from './what-if-lines'

interface WhatIfHandoverProps {
  identity: { id: string; name: string }
  lines: ChangeLine[]
}

/** What can be done with the changes now: Bailiwick changes no source system yet, so they are handed over in writing. */
export function WhatIfHandover({ identity, lines }: WhatIfHandoverProps) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle')
  const [address, setAddress] = useState('')
  const text = linesAsText(lines, identity.name, address)
  const unknown = lines.filter(({ isKnown }) => !isKnown).length
  const copy = async () => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setOutcome(isCopied ? 'copied' : 'refused')
  }
  return (
    <Dialog
      onOpenChange={() => {
        setOutcome('idle')
        setAddress(window.location.href)
      }}
    >
      <DialogTrigger asChild>
        <Button variant="primary">Make it so…</Button>
      </DialogTrigger>
      <DialogContent
        size="lg"
        title={`Hand over ${formatCount(lines.length, 'change')}`}
        description="For whoever can make them in the source systems."
        footer={
          <>
            <Button
              icon={<Download aria-hidden />}
              onClick={() =>
                saveFile(
                  `changes-${fileNameOf(identity.name)}.csv`,
                  new Blob([linesAsCsv(lines)], { type: 'text/csv;charset=utf-8' }),
                )
              }
            >
              Download CSV
            </Button>
            <Button
              variant="primary"
              icon={outcome === 'copied' ? <Check aria-hidden /> : <Copy aria-hidden />}
              onClick={() => void copy()}
            >
              {outcome === 'copied' ? 'Copied' : 'Copy as text'}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Alert tone="warning" title="Bailiwick does not change your systems yet">
            Nothing is revoked, removed or lowered from here. Take the exact list below to a ticket; the next import
            shows what was done, and the figures follow.
          </Alert>
          {unknown > 0 ? (
            <p className="text-sm text-warning-ink">
              {formatCount(unknown, 'change is', 'changes are')} told by id only, because the step is on none of the
              ways that were loaded here.
            </p>
          ) : null}
          <CodeBlock
            label="Changes"
            code={text}
            className="max-h-80 overflow-y-auto [&_pre]:break-words [&_pre]:whitespace-pre-wrap"
          />
          <p role="status" className="text-sm text-ink-muted">
            {outcome === 'copied'
              ? 'The list is on the clipboard.'
              : outcome === 'refused'
                ? 'The browser did not allow copying: select the text, or download the CSV.'
                : ''}
          </p>
        </div>
      </DialogContent>
    </Dialog>
  )
}
