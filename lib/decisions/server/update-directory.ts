import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { decisionTarget } from '../rules'
import { type Directory, UpdateDirectoryInput } from '../schema'
import { presentDirectory } from './get-directory'
import { writeDirectory } from './store'

/**
 * Tells the decision point of the organization's own types, things and context sources; what was told before is replaced.
 * @throws AppError `invalid_input` for a type, thing or source that stands there twice, or a source whose secret must be given again
 */
export async function updateDirectory(ctx: Context, given: UpdateDirectoryInput): Promise<Directory> {
  const input = UpdateDirectoryInput.parse(given)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  demandOnce(
    'types',
    input.types.map(({ type }) => type),
  )
  demandOnce(
    'entities',
    input.entities.map(({ type, id }) => `${type} ${id}`),
  )
  demandOnce(
    'sources',
    input.sources.map(({ name }) => name),
  )
  const after = {
    types: input.types.length,
    entities: input.entities.length,
    sources: input.sources.map(({ secret, ...shown }) => ({ ...shown, hasNewSecret: typeof secret === 'string' })),
  }
  await ctx.commitBulk(permit, { action: 'decision.directory.update', target: decisionTarget, after }, (bulk) =>
    writeDirectory(bulk, input, 'name' in ctx.actor ? ctx.actor.name : ''),
  )
  return presentDirectory(ctx)
}

function demandOnce(field: string, keys: readonly string[]): void {
  const seen = new Set<string>()
  keys.forEach((key, at) => {
    if (seen.has(key))
      throw new AppError('invalid_input', `${field}.${at}: stands there twice`, {
        fields: { [`${field}.${at}`]: 'stands there twice' },
      })
    seen.add(key)
  })
}
