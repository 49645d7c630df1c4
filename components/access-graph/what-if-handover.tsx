'use client'

import { Check, Copy, Download, Link2 } from 'lucide-react'
import { useState } from 'react'
import { saveFile } from '@/components/graph/save-picture'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code'
import { Dialog, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { formatCount } from '@/lib/platform/browser/format'
import { LifecycleActions } from '../lifecycle/lifecycle-actions'
import { fileNameOf } from './picture-file'
import { type ChangeLine, type Effect, linesAsCsv, linesAsText, revocationOf } from './what-if-lines'

interface WhatIfHandoverProps {
  orgId: string
  identity: { id: string; name: string }
  lines: ChangeLine[]
  /** What they would do; undefined as long as that is not known. */
  effect: Effect | undefined
}

const outcomeWords = {
  idle: '',
  text: 'The list is on the clipboard.',
  link: 'The link is on the clipboard.',
  refused: 'The browser did not allow copying: select the text, or download the CSV.',
}

/** What can be done with the changes now: credentials that are cut, its own and those on its ways, are revoked from here, all else is handed over in writing. */
export function WhatIfHandover({ orgId, identity, lines, effect }: WhatIfHandoverProps) {
  const [outcome, setOutcome] = useState<'idle' | 'text' | 'link' | 'refused'>('idle')
  const [address, setAddress] = useState('')
  const targets = revocationOf(lines)
  const text = linesAsText(lines, identity.name, address, effect)
  const unknown = lines.filter(({ isKnown }) => !isKnown).length
  const done = lines.filter(({ isDone }) => isDone).length
  const copy = async (what: 'text' | 'link') => {
    const isCopied = await navigator.clipboard?.writeText(what === 'text' ? text : address).then(
      () => true,
      () => false,
    )
    setOutcome(isCopied ? what : 'refused')
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
              icon={outcome === 'link' ? <Check aria-hidden /> : <Link2 aria-hidden />}
              onClick={() => void copy('link')}
            >
              Copy link
            </Button>
            <Button
              variant="primary"
              icon={outcome === 'text' ? <Check aria-hidden /> : <Copy aria-hidden />}
              onClick={() => void copy('text')}
            >
              Copy as text
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          {targets.length > 0 ? (
            <div className="flex flex-wrap items-center gap-2">
              <span className="min-w-0 flex-1 text-sm">
                {formatCount(targets.length, 'credential')} can be done from here, exactly those of the list, after a
                preview.
              </span>
              <LifecycleActions
                orgId={orgId}
                scope={{ targets }}
                name={lines.find(({ id }) => id === targets[0]?.credentialId)?.from ?? undefined}
              />
            </div>
          ) : null}
          <Alert tone="warning" title="Roles, rights and ways are not changed from here">
            Take the list below to a ticket and keep the link: what a source no longer tells of is marked as done there,
            and the figures follow.
          </Alert>
          {unknown > 0 ? (
            <p className="text-sm text-warning-ink">
              {formatCount(unknown, 'change is', 'changes are')} told by id only: nothing by that id is known here.
            </p>
          ) : null}
          {done > 0 ? (
            <p className="text-sm text-good-ink">
              {formatCount(done, 'change is', 'changes are')} done: the source no longer tells of it.
            </p>
          ) : null}
          <CodeBlock
            label="Changes"
            code={text}
            className="max-h-80 overflow-y-auto [&_pre]:break-words [&_pre]:whitespace-pre-wrap"
          />
          <p role="status" className="text-sm text-ink-muted">
            {outcomeWords[outcome]}
          </p>
        </div>
      </DialogContent>
    </Dialog>
  )
}
