import type { Context } from '@/lib/platform/context'
import type { UndoInput, UndoResult } from '../items'

export async function undoAct(_ctx: Context, _input: UndoInput): Promise<UndoResult> {
  throw new Error('being built')
}
