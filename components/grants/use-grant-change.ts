import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useChange } from '@/lib/platform/browser/use-change'

/** A change of a grant. */
export const useGrantChange = <Input, Output>(
  orgId: string,
  act: (input: Input) => Promise<ActionResult<Output>>,
  onDone?: (output: Output) => void,
) => useChange(['grants', orgId], act, onDone)
