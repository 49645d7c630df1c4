'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { notifyDone } from '@/components/ui/toast'
import { identityQuery, inventoryKey } from '@/lib/identities/queries'
import type { IdentityDetail } from '@/lib/identities/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'

/**
 * A change of an identity's owners: what it answers is shown at once wherever the identity is, lists are asked again.
 * @param done says what has happened
 */
export function useOwnerChange<Input>(
  orgId: string,
  change: (input: Input) => Promise<ActionResult<IdentityDetail>>,
  done: (identity: IdentityDetail) => string,
) {
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (input: Input) => takeResult(change(input)),
    onSuccess: (identity) => {
      notifyDone(done(identity))
      queries.setQueryData(identityQuery(orgId, identity.id).queryKey, identity)
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: inventoryKey(orgId) })
      router.refresh()
    },
  })
}
