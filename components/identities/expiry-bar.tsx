import { ExpiryText } from '@/components/ui/marks/expiry-text'

interface ExpiryBarProps {
  /** ISO instants; null = not known. */
  issuedAt: string | null
  expiresAt: string | null
  neverExpires: boolean
  /** Until when no rule asks for an end. */
  exceptedUntil?: string | undefined
  nowMs: number
}

/** How much of a credential's life is over, with the time left; one without an end or without a known one has no bar. */
export function ExpiryBar({ issuedAt, expiresAt, neverExpires, exceptedUntil, nowMs }: ExpiryBarProps) {
  const text = <ExpiryText expiresAt={expiresAt ?? (neverExpires ? null : undefined)} exceptedUntil={exceptedUntil} />
  if (issuedAt === null || expiresAt === null) return text
  const [begin, end] = [Date.parse(issuedAt), Date.parse(expiresAt)]
  const share = end > begin ? Math.min(1, Math.max(0, (nowMs - begin) / (end - begin))) : 1
  const percent = Math.round(share * 100)
  const fill = exceptedUntil || share <= 0.8 ? 'bg-quiet-mark' : share >= 1 ? 'bg-danger-mark' : 'bg-warning-mark'
  return (
    <span className="inline-flex min-w-0 items-center gap-2" title={`${percent} % of its life is over`}>
      <span
        aria-hidden
        className="relative h-1.5 w-12 shrink-0 overflow-hidden rounded-xs bg-hover ring-1 ring-line ring-inset"
      >
        <span className={`absolute inset-y-0 left-0 ${fill}`} style={{ width: `${percent}%` }} />
      </span>
      {text}
    </span>
  )
}
