import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useChange } from '@/lib/platform/browser/use-change'

/** A change of runs and orders. */
export const useLifecycleChange = <Input, Output>(
  orgId: string,
  act: (input: Input) => Promise<ActionResult<Output>>,
  onDone?: (output: Output) => void,
) => useChange(['lifecycle', orgId], act, onDone)
