'use client'

import { Fragment } from 'react'
import { useIsMac } from '@/lib/platform/browser/platform-keys'
import { keyCaps } from '@/lib/platform/browser/shortcut-keys'
import { cn } from './class-names'

export interface KbdProps {
  /** Notation of the shortcut registry: `mod+k`, `g i`, `?`. */
  keys: string
  tone?: 'plain' | 'inverse'
  className?: string
}

export function Kbd({ keys, tone = 'plain', className }: KbdProps) {
  const steps = keyCaps(keys, useIsMac())
  return (
    <span className={cn('inline-flex items-center gap-1 whitespace-nowrap font-sans', className)}>
      {steps.map((caps, step) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a sequence may hold the same key twice, and never changes
        <Fragment key={step}>
          {step > 0 ? <span className="text-xs">then</span> : null}
          {caps.map((cap) => (
            <kbd
              key={cap}
              className={cn(
                'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border px-1 font-sans text-xs leading-none',
                tone === 'plain' ? 'border-line bg-sunken text-ink-muted' : 'border-canvas/30 text-canvas',
              )}
            >
              {cap}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  )
}
