import type { Context } from '@/lib/platform/context'
import { decisionTarget } from '../rules'
import type { Directory } from '../schema'
import { readDirectory } from './store'

/** What the organization told the decision point. */
export async function getDirectory(ctx: Context): Promise<Directory> {
  await ctx.authorize('read_directory', decisionTarget)
  return presentDirectory(ctx)
}

export async function presentDirectory(ctx: Context): Promise<Directory> {
  const [can] = await ctx.can(['update_directory'], [decisionTarget])
  return { ...(await readDirectory(ctx.tenant)), can: { update: can?.update_directory === true } }
}
