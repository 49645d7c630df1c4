import type { Context } from '@/lib/platform/context'
import type { DecideInput, DecideResult } from '../items'

export async function decideItems(_ctx: Context, _input: DecideInput): Promise<DecideResult> {
  throw new Error('being built')
}
