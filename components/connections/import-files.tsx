'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import type { ImportDetail } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { filesOf } from './file-parts'
import { ImportFileView } from './import-file'

/** How many files are shown at once, and added by each click. */
const step = 50

/** Each file: what it was taken for, what it holds, what was left out and what it refers to without defining it. */
export function ImportFiles({ orgId, run }: { orgId: string; run: ImportDetail }) {
  const [shown, setShown] = useState(step)
  const files = filesOf(run.files)
  const left = files.length - shown
  return (
    <Section title="Files" detail={files.length > 1 ? `${formatNumber(files.length)}, problems first` : undefined}>
      <ul className="flex flex-col">
        {files.slice(0, shown).map((parts) => (
          <li key={parts[0]?.no} className="flex flex-col gap-2 border-t py-3 first:border-t-0 first:pt-0">
            <ImportFileView orgId={orgId} run={run} parts={parts} />
          </li>
        ))}
      </ul>
      {left > 0 ? (
        <Button className="mt-2" onClick={() => setShown(shown + step)}>
          Show {formatNumber(Math.min(step, left))} more of {formatNumber(files.length)} files
        </Button>
      ) : null}
    </Section>
  )
}
