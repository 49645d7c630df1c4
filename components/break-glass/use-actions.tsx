'use client'

import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { acknowledgeUse } from '@/lib/break-glass/actions'
import type { UseDetail } from '@/lib/break-glass/schema'
import { useChange } from '@/lib/platform/browser/use-change'

/** Says that somebody has seen it: an alert that nobody reads is none. */
export function UseActions({ orgId, use: { id, can, invoker } }: { orgId: string; use: UseDetail }) {
  const seen = useChange(['break-glass', orgId], acknowledgeUse)
  if (!can.acknowledge) return null
  return (
    <section
      aria-label="Say that you have seen it"
      className="flex flex-col gap-3 border-b bg-danger-wash px-4 py-4 md:px-6"
    >
      <h2 className="text-base font-medium text-danger-ink">Nobody has said that they have seen this</h2>
      <p className="max-w-[72ch] text-sm">
        {invoker.name} used access that nobody agreed to. If you do not expect it, end it below.
      </p>
      <div>
        <Button variant="primary" isPending={seen.isPending} onClick={() => void seen.run({ id })}>
          I have seen it
        </Button>
      </div>
      {seen.error ? (
        <Alert tone="danger" isLive title="It was not noted">
          {seen.error.message}
        </Alert>
      ) : null}
    </section>
  )
}
