import type { Context } from '@/lib/platform/context'
import type { SignOff, SignOffInput } from '../items'

export async function signOff(_ctx: Context, _input: SignOffInput): Promise<SignOff> {
  throw new Error('being built')
}
