import type { Context } from '@/lib/platform/context'
import type { ReassignInput, ReassignResult } from '../items'

export async function reassignItems(_ctx: Context, _input: ReassignInput): Promise<ReassignResult> {
  throw new Error('being built')
}
