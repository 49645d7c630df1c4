'use client'

import { Alert } from './alert'
import { CodeBlock } from './code'

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
      <CodeBlock code={value} label={label} />
      <Alert tone="warning" title="Copy it now: it is not shown again">
        {children}
      </Alert>
    </div>
  )
}
