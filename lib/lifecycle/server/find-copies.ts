import { listStores } from '@/lib/access-graph/server/list-stores'
import type { DepositEntry } from '@/lib/connectors/live-contract'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { formatDateTime } from '@/lib/platform/browser/format'
import type { Context } from '@/lib/platform/context'
import type { Delivery } from '../delivery'
import { placeOf } from './create-delivery'
import { findHandedOver, findKeepers } from './store-copies'
import { findConnectionNames } from './store-orders'
import { findActingConnections } from './store-targets'

/** A place that is known to keep an account's secret, or was given it by us. */
export interface CopyPlace {
  title: string
  /** How it can be looked at from here; null = it cannot. */
  by: { way: 'file'; path: string } | { way: 'store'; connectionId: string; entry: DepositEntry } | null
  /** What to do where it cannot be looked at. */
  otherwise: string
}

export interface Copies {
  places: CopyPlace[]
  /** Keyed fingerprints of the secrets that we made for it. */
  fingerprints: string[]
}

interface Asked {
  identityId: string
  credentialIds: readonly string[]
}

/** Of each account the places that keep its secrets: by the inventory, and by what was handed over from here. */
export async function findCopies(ctx: Context, accounts: readonly Asked[]): Promise<Map<string, Copies>> {
  const [stores, handed] = await Promise.all([
    listStores(
      ctx,
      accounts.flatMap(({ credentialIds }) => credentialIds),
    ),
    findHandedOver(
      ctx,
      accounts.map(({ identityId }) => identityId),
    ),
  ])
  const keepers = await keepersOf(ctx, [
    ...new Set([...stores.values()].flatMap(({ shown }) => shown.map(({ id }) => id))),
  ])
  const connections = handed.flatMap(({ order }) => {
    const { delivery } = order.options as { delivery?: Delivery }
    return delivery?.way === 'store' ? [delivery.connectionId] : []
  })
  const names = await findConnectionNames(ctx, connections)
  return new Map(
    accounts.map(({ identityId, credentialIds }) => {
      const own = handed.filter((run) => (run.twinId ?? run.identityId) === identityId)
      const kept = credentialIds.flatMap((id) => stores.get(id)?.shown ?? []).flatMap(({ id }) => keepers.get(id) ?? [])
      const places = [...own.flatMap((run) => handedTo(run, names)), ...kept]
      const known = new Map(places.toReversed().map((place) => [JSON.stringify(place.by ?? place.title), place]))
      const fingerprints = own.flatMap(({ secrets }) => secrets.flatMap(({ fingerprint }) => fingerprint ?? []))
      return [identityId, { places: [...known.values()].reverse(), fingerprints }]
    }),
  )
}

type Handed = Awaited<ReturnType<typeof findHandedOver>>[number]

function handedTo(run: Handed, names: ReadonlyMap<string, string>): CopyPlace[] {
  const people = run.links.map(({ userName, openedAt }): CopyPlace => {
    const at = openedAt === null ? '' : ` at ${formatDateTime(openedAt.toISOString())}`
    return {
      ...{ title: `What ${userName} took`, by: null },
      otherwise: `${userName} took the secret${at}. Where it went from there is not known: ask, and have it deleted there.`,
    }
  })
  const { delivery } = run.order.options as { delivery?: Delivery }
  if (delivery === undefined || delivery.way === 'reveal') return people
  if (delivery.way === 'webhook') {
    const host = URL.parse(delivery.url)?.host ?? delivery.url
    return [
      {
        title: `What ${host} got`,
        by: null,
        otherwise: `${host} was sent the secret. It cannot be asked what it kept: look there.`,
      },
    ]
  }
  if (delivery.way === 'file') {
    const path = placeOf(delivery.path, run)
    return [{ title: `The file ${path}`, by: { way: 'file', path }, otherwise: `Look into ${path}.` }]
  }
  const { connectionId, folder, field } = delivery
  const entry = { folder, name: placeOf(delivery.name, run) }
  const where = `${folder}/${entry.name}, ${placeOf(field, run)}`
  const by = { way: 'store' as const, connectionId, entry }
  return [
    {
      title: `${where} in ${names.get(connectionId) ?? 'a connection that was removed'}`,
      by,
      otherwise: `Look into ${where}.`,
    },
  ]
}

/** Resources of a source that a live connection of ours can read entries of are looked at through that. */
async function keepersOf(ctx: Context, ids: readonly string[]): Promise<Map<string, CopyPlace>> {
  if (ids.length === 0) return new Map()
  const rows = await findKeepers(ctx, ids)
  const lives = await findActingConnections(ctx, [...new Set(rows.map(({ sourceId }) => sourceId))], [])
  return new Map(
    rows.map(({ id, name, externalId, sourceId }): [string, CopyPlace] => {
      const live = lives.find(({ sourceConnection }) => sourceConnection?.sourceId === sourceId)
      const entry = live && findLiveConnector(live.connector)?.entryOf?.(externalId)
      const by = live && entry ? { way: 'store' as const, connectionId: live.id, entry } : null
      return [
        id,
        { title: name, by, otherwise: `Nothing here can read ${name}. Look there, and take the secret out of it.` },
      ]
    }),
  )
}
