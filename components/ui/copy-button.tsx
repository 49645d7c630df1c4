'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { cn } from './class-names'
import { Tooltip } from './tooltip'

const shownMs = 1600

export interface CopyButtonProps {
  value: string
  /** What is copied, in a word or two: "ARN", "fingerprint". */
  label: string
  className?: string
}

export function CopyButton({ value, label, className }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const copy = async () => {
    const copied = await navigator.clipboard?.writeText(value).then(
      () => true,
      () => false,
    )
    setOutcome(copied ? 'copied' : 'refused')
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setOutcome('idle'), shownMs)
  }

  const words = { idle: `Copy ${label}`, copied: 'Copied', refused: 'The browser did not allow copying' }
  return (
    <Tooltip
      content={<span className="break-all">{outcome === 'idle' ? `Copy ${label}: ${value}` : words[outcome]}</span>}
    >
      <button
        type="button"
        onClick={(event) => {
          event.stopPropagation()
          void copy()
        }}
        aria-label={words.idle}
        className={cn(
          'hit-target grid size-5 shrink-0 place-items-center rounded-sm text-ink-faint hover:bg-hover hover:text-ink',
          className,
        )}
      >
        {outcome === 'copied' ? (
          <Check className="size-3.5 text-good-ink" aria-hidden />
        ) : (
          <Copy className="size-3.5" aria-hidden />
        )}
        <span role="status" className="sr-only">
          {outcome === 'idle' ? '' : words[outcome]}
        </span>
      </button>
    </Tooltip>
  )
}
