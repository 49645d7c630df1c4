'use client'

import { useState } from 'react'
import { testAccessIssuer } from '@/lib/access-callers/actions'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { Button } from '../ui/button'
import { notifyDone, notifyFailed } from '../ui/toast'

/** Reads the keys of an issuer now, and says how that went. */
export function TestIssuerButton({ id, name }: { id: string; name: string }) {
  const [isPending, setIsPending] = useState(false)
  const test = async () => {
    setIsPending(true)
    try {
      const { isUsable, keys, says } = await takeResult(testAccessIssuer({ id }))
      if (isUsable) notifyDone(`${name}: ${formatCount(keys, 'key')}`, says)
      else notifyFailed(`${name} cannot be used`, says)
    } catch (cause) {
      notifyFailed(`${name} was not tested`, cause instanceof Error ? cause.message : undefined)
    }
    setIsPending(false)
  }
  return (
    <Button size="sm" variant="ghost" isPending={isPending} aria-label={`Test ${name}`} onClick={() => void test()}>
      Test
    </Button>
  )
}
