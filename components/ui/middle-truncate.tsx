import { lazy, Suspense } from 'react'
import { cn } from './class-names'

const CopyButton = lazy(() => import('./copy-button').then((module) => ({ default: module.CopyButton })))

/** Texts so short are cut at their end, where there is too little space even for them. */
const shortLetters = 14

/** So many characters of the start stay in sight, the ellipsis among them. */
const leastHead = 4

export interface MiddleTruncateProps {
  value: string
  /** Characters that always stay at the end; half of a short value. */
  keepEnd?: number
  /** With it a copy button appears on hover and focus, named "Copy <copyLabel>", and shows the whole value. */
  copyLabel?: string
  isMono?: boolean
  className?: string
}

/**
 * An identifier whose start and end stay when space is short. The whole text stays in the page, so that search,
 * selection and assistive technology have it; on hover it shows as a title, on focus in the copy button's tooltip.
 */
export function MiddleTruncate({ value, keepEnd = 8, copyLabel, isMono = true, className }: MiddleTruncateProps) {
  const letters = Array.from(value)
  const end = Math.min(keepEnd, Math.floor(letters.length / 2))
  const head = letters.slice(0, letters.length - end).join('')
  const tail = letters.slice(letters.length - end).join('')
  const text = (
    <>
      {/* Two flex items would be read as two words. */}
      <span className="sr-only select-none">{value}</span>
      <span aria-hidden className={cn('truncate whitespace-pre', head.length > leastHead && 'min-w-[4ch]')}>
        {head}
      </span>
      <span aria-hidden className="shrink-0 whitespace-pre">
        {tail}
      </span>
    </>
  )
  const form = isMono && 'font-mono text-xs leading-5'
  if (!copyLabel) {
    const isShort = letters.length <= shortLetters
    return (
      <span
        title={value}
        dir="ltr"
        className={cn(
          isShort ? 'inline-block truncate align-middle whitespace-pre' : 'relative inline-flex min-w-0',
          'max-w-full',
          form,
          className,
        )}
      >
        {isShort ? value : text}
      </span>
    )
  }
  return (
    <span className={cn('group/truncate inline-flex max-w-full min-w-0 items-center gap-1', className)}>
      <span title={value} className={cn('relative flex min-w-0', form)} dir="ltr">
        {text}
      </span>
      <Suspense fallback={<span className="size-5 shrink-0" />}>
        <CopyButton
          value={value}
          label={copyLabel}
          className="opacity-0 group-hover/truncate:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        />
      </Suspense>
    </span>
  )
}
