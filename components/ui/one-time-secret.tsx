'use client'

import { Alert } from './alert'
import { CopyButton } from './copy-button'

export interface OneTimeSecretProps {
  /** Names it: "API key", "invitation link". */
  label: string
  value: string
  /** What to do with it, and what to do when it is lost. */
  children: React.ReactNode
}

/** A secret that is shown this once: to be copied now. */
export function OneTimeSecret({ label, value, children }: OneTimeSecretProps) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2 rounded-md border bg-sunken p-3">
        <code className="min-w-0 flex-1 font-mono text-xs leading-5 break-all select-all">{value}</code>
        <CopyButton value={value} label={label} />
      </div>
      <Alert tone="warning" title="Copy it now: it is not shown again">
        {children}
      </Alert>
    </div>
  )
}
