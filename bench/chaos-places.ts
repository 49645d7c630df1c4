import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../lib/connections/live'
import { createConnection } from '../lib/connections/server/create-connection'
import { requestApply } from '../lib/connections/server/request-apply'
import { requestSync } from '../lib/connections/server/request-sync'
import { updateConnection } from '../lib/connections/server/update-connection'
import { findLiveConnector } from '../lib/connectors/live-registry'
import { makeSecret, type Secret } from '../lib/connectors/secret'
import type { Context } from '../lib/platform/context'
import type { RunningSystem, SystemUnderTest } from '../lib/platform/testing/servers/running-system'
import { ensureOrganization, type Person } from '../prisma/demo/people'
import { startWire, type Wire } from './chaos-proxy'
import { askDatabase, complain, say, state, tally } from './chaos-tally'

/** An account and the program that uses it. */
export interface Account {
  place: Place
  name: string
  ref: string
  identityId: string
  /** What the program signs in with. */
  secret: Secret
  /** Not judged, as declared by the run: one secret works at a time and the new one is not yet handed over, or it is revoked. */
  isWindow: boolean
  /** Shown as revoked: nothing may get in. */
  isRevoked: boolean
}

/** One system with its accounts, in an organization of its own. */
export class Place {
  readonly accounts: Account[] = []
  liveId = ''
  isDown = false
  /** Counts restarts: a probe that met one is not judged. */
  outages = 0

  constructor(
    readonly ctx: Context,
    readonly system: SystemUnderTest,
    readonly server: RunningSystem,
    private readonly wire: Wire | undefined,
  ) {}

  get hasWire(): boolean {
    return this.wire !== undefined
  }

  /** As the connector is told: by the wire that can be cut, where the system's address is not part of what it says. */
  config(names: readonly string[]): Config {
    const given = { ...(this.server.strong ?? this.server.config), ...this.server.governing?.(names) } as Config
    return this.wire ? { ...given, port: this.wire.port } : given
  }

  /** The wire; without one the server's own way, which may end the program's connections as well: that is declared. */
  async cut(): Promise<void> {
    if (this.wire) return this.wire.cut()
    this.outages += 1
    await this.server.cut().catch(() => {})
    await sleep(50)
    this.outages += 1
  }

  /** The harness's own outage: declared, and counted in seconds. */
  async restart(): Promise<void> {
    if (!this.server.restart) return
    const began = Date.now()
    this.isDown = true
    this.outages += 1
    tally.target_restarts += 1
    try {
      await this.server.restart()
    } catch (error) {
      complain(`${this.system.name} did not come back: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.isDown = false
    say(`${this.system.name} was away for ${((Date.now() - began) / 1000).toFixed(1)} s`)
    tally.target_outage_s += (Date.now() - began) / 1000
  }

  /** What the source's own administrator gives to a connection that lost its key to an account. */
  async giveKeys(): Promise<void> {
    const keys = this.server.governing?.(this.accounts.map(({ name }) => name))
    if (keys) await updateConnection(this.ctx, { id: this.liveId, config: keys as Config })
  }

  async stop(): Promise<void> {
    await this.wire?.stop()
    await this.server.stop()
  }
}

/** Starts a system with so many accounts, and has the product read it. */
export async function openPlace(person: Person, system: SystemUnderTest, count: number): Promise<Place | string> {
  const server = await system.start()
  if ('skipped' in server) return server.skipped
  const id = system.connector
  const ctx = await ensureOrganization(person, { name: `Chaos ${id}`, slug: `chaos-${id}` })
  // An OAuth server names itself by its address, which may be no other than the one that is asked.
  const wire = id === 'oauth' ? undefined : await startWire(Number(server.config.port))
  const place = new Place(ctx, system, server, wire)
  const made: { name: string; secret: Secret; ref: string }[] = []
  for (let no = 0; no < count; no += 1) {
    const name = `svc-chaos-${no}`
    const secret = system.made?.() ?? findLiveConnector(id)?.propose?.(system.credential) ?? makeSecret()
    made.push({ name, secret, ref: (await server.createAccount(name, secret)).identity })
  }
  const live = await createConnection(ctx, {
    ...{ connector: id, instance: id, name: system.name, intervalMinutes: null },
    config: place.config(made.map(({ name }) => name)),
  })
  place.liveId = live.id
  await syncNow(place)
  for (const { name, secret, ref } of made) {
    const [row] = await askDatabase<{ id: string }>(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
      ctx.tenant.orgId,
      ref,
    ])
    if (!row) throw new Error(`${id} does not show ${name}`)
    place.accounts.push({ place, name, ref, identityId: row.id, secret, isWindow: false, isRevoked: false })
  }
  say(`${system.name}: ${server.version}, ${made.length} accounts`)
  return place
}

/** Has the source read, and waits until the inventory says what it says. */
export async function syncNow({ ctx, liveId }: Place): Promise<void> {
  const asked = await requestSync(ctx, { id: liveId }).catch(() => undefined)
  for (let tries = 0; tries < 600; tries += 1) {
    const [run] = await askDatabase<{ id: string; status: string }>(
      `SELECT id, status FROM sync_run WHERE live_connection_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id DESC LIMIT 1`,
      [liveId, asked?.id ?? null],
    )
    // Of few accounts one old secret is more than a fifth: a person says that it is right.
    if (run?.status === 'previewed')
      await requestApply(ctx, { id: run.id, acceptVanished: true }).catch(() => undefined)
    if (['applied', 'failed'].includes(run?.status ?? '')) return
    await sleep(100)
  }
}

/** One login from outside, past the product and its wire. @returns why it did not work; undefined = it did */
export async function whyNoLogin({ place, name }: Account, secret: Secret): Promise<string | undefined> {
  try {
    const session = await place.server.openSession(name, secret)
    await session.close().catch(() => {})
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const probeMs = 100

/** Logs in every tenth of a second as the account's program does, and judges what it meets. */
export async function probe(account: Account): Promise<void> {
  const { place } = account
  const look = () => ({
    ...{ isWindow: account.isWindow, isRevoked: account.isRevoked, secret: account.secret },
    ...{ isDown: place.isDown, outages: place.outages },
  })
  while (!state.isOver) {
    const before = look()
    const why = await whyNoLogin(account, before.secret)
    // What changed while it was tried says nothing.
    const isSame = () => JSON.stringify(look()) === JSON.stringify(before) && account.secret === before.secret
    if (isSame() && !before.isDown) {
      tally.probes += 1
      if (account.isRevoked && why === undefined) {
        tally.revoked_but_usable += 1
        complain(`${place.system.name} ${account.name}: a login worked while it was shown as revoked`)
      }
      if (!account.isWindow && !account.isRevoked && why !== undefined) {
        // One connection that breaks is the prober's own bad luck: what counts is whether the secret works.
        const again = await whyNoLogin(account, before.secret)
        if (again !== undefined && isSame()) {
          tally.probes_failed += 1
          complain(`${place.system.name} ${account.name}: a login failed outside of a window (${again})`)
        }
      }
    }
    await sleep(probeMs)
  }
}

/** How many credentials the source lists of each account beyond its one. */
export async function countOrphans(place: Place): Promise<number> {
  const config = place.config(place.accounts.map(({ name }) => name))
  const open = await findLiveConnector(place.system.connector)?.connect(config, {
    outbound: { allow: [], allowLoopback: true },
    instance: 'chaos',
    fingerprint: (text) => text,
  })
  if (!open) return 0
  const found = new Map<string, number>()
  for await (const part of open.discover()) {
    if (part.kind === 'end' && part.problem) throw part.problem
    for (const record of part.kind === 'page' ? part.records : [])
      if (record.type === 'credential' && record.subject)
        found.set(record.subject.externalId, (found.get(record.subject.externalId) ?? 0) + 1)
  }
  open.close()
  let orphans = 0
  for (const { ref, name } of place.accounts) {
    const extra = Math.max(0, (found.get(ref) ?? 0) - 1)
    if (extra > 0) complain(`${place.system.name} ${name}: ${extra} credentials too many`)
    orphans += extra
  }
  return orphans
}
