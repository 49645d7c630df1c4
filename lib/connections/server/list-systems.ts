import { fieldsOf } from '@/lib/connectors/live-config'
import { liveConnectors } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import type { LiveSystem, SystemList } from '../live'

/** Every system that can be connected to: its fields, instructions, hands, and what revoking means there. */
export async function listSystems(ctx: Context): Promise<SystemList> {
  await ctx.plan('list', 'connection')
  const items = liveConnectors.map((connector): LiveSystem => {
    const { id, title, evidence, config, capabilities, semantics, instructions, changes } = connector
    const listed = Object.entries(capabilities).map(([subject, acts]): [string, string[]] => [
      subject,
      [...(acts ?? [])],
    ])
    const cards = Object.entries(semantics).flatMap(([subject, card]): [string, LiveSystem['semantics'][string]][] =>
      card ? [[subject, card]] : [],
    )
    return {
      ...{ id, title, evidence, instructions, fields: fieldsOf(config) },
      capabilities: Object.fromEntries(listed),
      semantics: Object.fromEntries(cards),
      reading:
        'why' in changes
          ? { changesOnly: false, says: changes.why, unseen: null }
          : { changesOnly: true, says: changes.how, unseen: changes.unseen },
    }
  })
  return { items: items.sort((a, b) => a.title.localeCompare(b.title)) }
}
