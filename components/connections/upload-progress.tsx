import { CircleCheck, CircleDashed, LoaderCircle } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Progress } from '@/components/ui/progress'
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/browser/format'
import { pathOf, sentShares } from './check-upload'

interface UploadProgressProps {
  files: readonly File[]
  /** Share of all bytes that is sent, 0 to 1; 1 = the server reads. */
  share: number
  /** Bytes a second; undefined while it is not known. */
  rate: number | undefined
  onCancel: () => void
}

/** How far an upload is: the whole, and each of its files. */
export function UploadProgress({ files, share, rate, onCancel }: UploadProgressProps) {
  const sizes = files.map(({ size }) => size)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const shares = sentShares(sizes, share)
  const isSent = share >= 1
  const left = rate ? Math.ceil((bytes * (1 - share)) / rate) : undefined
  const pace = rate ? ` · ${formatBytes(rate)} a second · about ${formatNumber(left ?? 0)} s left` : ''
  return (
    <div className="flex flex-col gap-2">
      <Progress
        label={isSent ? 'Reading and comparing with the catalogue' : `Sending ${formatCount(files.length, 'file')}`}
        value={share}
        max={1}
        isIndeterminate={isSent}
        detail={isSent ? undefined : `${formatBytes(bytes * share)} of ${formatBytes(bytes)}${pace}`}
      />
      {files.length > 1 ? (
        <ul aria-label="Files of this upload" className="max-h-48 overflow-y-auto border-l pl-3">
          {files.map((file, index) => (
            <FileProgress key={pathOf(file)} file={file} sent={shares[index] ?? 0} isReading={isSent} />
          ))}
        </ul>
      ) : null}
      <div>
        <Button size="sm" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

function FileProgress({ file, sent, isReading }: { file: File; sent: number; isReading: boolean }) {
  const word = isReading ? 'sent' : sent >= 1 ? 'sent' : sent > 0 ? `${Math.floor(sent * 100)} %` : 'waiting'
  const Icon = sent >= 1 ? CircleCheck : sent > 0 ? LoaderCircle : CircleDashed
  return (
    <li className="flex items-center gap-2 py-0.5 text-xs">
      <Icon aria-hidden className={sent >= 1 ? 'size-3.5 text-good-ink' : 'size-3.5 text-ink-muted'} />
      <span className="min-w-0 flex-1 truncate">
        <MiddleTruncate value={pathOf(file)} keepEnd={16} />
      </span>
      <span className="tabular text-ink-muted">{formatBytes(file.size)}</span>
      <span className="tabular w-14 text-right text-ink-muted">{word}</span>
    </li>
  )
}
