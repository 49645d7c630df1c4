import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codeOf,
  discover,
  identitiesOf,
  newResult,
  otherHands,
  printed,
  type Result,
  setting,
} from '../platform/testing/servers/found'
import { watchedSystems } from '../platform/testing/servers/systems'
import type { RunningWatched, WatchedSystem } from '../platform/testing/servers/watched-system'
import type { LiveConnection, LiveConnector } from './live-connector'
import type { DiscoveryPart } from './live-contract'
import { findLiveConnector } from './live-registry'

// One script for every system that can be looked at and not changed, against the real one, which the test starts itself.

const results: Result[] = []

afterAll(() => {
  const place = process.env.CONNECTORS_REPORT
  if (place !== undefined) fs.writeFileSync(`${place}.discovery`, JSON.stringify(results))
})

for (const system of watchedSystems) describe(system.name, () => watch(system))

function watch(system: WatchedSystem): void {
  const connector = findLiveConnector(system.connector) as LiveConnector
  const result = newResult(system, connector)
  const seen: unknown[] = []
  let running: RunningWatched | undefined
  let connection: LiveConnection

  beforeAll(async () => {
    results.push(result)
    const started = await system.start()
    if ('skipped' in started) {
      result.skipped = started.skipped
      return
    }
    running = started
    result.version = started.version
    connection = await connector.connect(started.config, { ...setting, mayStartPrograms: true })
  }, 120_000)
  afterAll(async () => {
    connection?.close()
    await running?.stop()
  })

  const step = (title: string, work: (server: RunningWatched) => Promise<void>, mark = title) =>
    test(title, async (context) => {
      if (running === undefined) return context.skip(`${system.name}: ${result.skipped}`)
      try {
        await work(running)
        if (mark !== title) result.proved.push(mark)
      } catch (error) {
        result.failed.push(mark)
        throw error
      }
    })
  const readWith = async (config: Record<string, unknown>, more: object = {}) => {
    const open = await connector.connect(config, { ...setting, ...more })
    const found = await discover(open)
    open.close()
    seen.push([...found.records.values()], found.end)
    return found
  }

  step('tells what it may do, and what is missing', async () => {
    const report = await connection.describeRights()
    seen.push(report)
    expect(report.statements.length).toBeGreaterThan(1)
    for (const { allowed, missing } of report.statements) expect(allowed === true || missing !== undefined).toBe(true)
  })

  step('discovers what runs, and that it may change none of it', async ({ finds }) => {
    const found = await discover(connection)
    seen.push([...found.records.values()])
    expect(found.end).toEqual({ kind: 'end', isComplete: true, skipped: [], resumeAt: null })
    for (const [key, holds] of Object.entries(finds)) expect(found.records.get(key), key).toMatchObject(holds)
    for (const right of found.rights.values()) expect(right).toMatchObject({ rotate: false, revoke: false })
    const paged = await discover(connection, 1)
    expect([...paged.records.keys()].sort()).toEqual([...found.records.keys()].sort())
    expect(paged.end.isComplete).toBe(true)
  })

  for (const [subject, act] of otherHands(connector))
    step(
      `${act} of ${subject}`,
      async ({ also }) => {
        const prove = also[`${subject} ${act}`]
        if (prove === undefined) throw new Error('nothing that proves it is prepared')
        seen.push(await prove(connection))
      },
      `${subject} ${act}`,
    )

  step('finds nothing behind an address inside, and calls that no end of anything', async ({ config, invalid }) => {
    const blocked = await readWith(config, { outbound: { allow: [], allowLoopback: false } })
    expect(blocked.end.isComplete).toBe(false)
    expect(blocked.end.skipped.length).toBeGreaterThan(0)
    expect(await codeOf(connector.connect(invalid, setting))).toBe('invalid_config')
  })

  step('speaks TLS to who proves its name, and to nobody else', async ({ encrypted: { config, caPem } }) => {
    const safe = await readWith({ ...config, caPem })
    expect(safe.end.isComplete).toBe(true)
    expect(identitiesOf(safe).length).toBeGreaterThan(0)
    const unsafe = await readWith(config)
    expect(unsafe.end.isComplete).toBe(false)
    expect(unsafe.end.skipped.map(({ reason }) => reason).join()).toMatch(/certificate/)
  })

  step('says that it is a part when it is cancelled half way', async () => {
    const stop = new AbortController()
    const parts: DiscoveryPart[] = []
    for await (const part of connection.discover({ pageSize: 1, signal: stop.signal })) {
      parts.push(part)
      stop.abort()
    }
    expect(parts.map(({ kind }) => kind)).toEqual(['page', 'end'])
    expect(parts.at(-1)).toMatchObject({ isComplete: false, problem: { code: 'cancelled' }, resumeAt: '1' })
  })

  step('does what only this system does', async ({ apart }) => {
    seen.push(await apart(readWith))
  })

  step('leaves no secret in what it gives or in any log', async ({ secrets, logs }) => {
    const places = { given: printed(seen), logs: await logs() }
    for (const [place, text] of Object.entries(places)) {
      expect(text.length).toBeGreaterThan(0)
      for (const secret of secrets) expect(text.includes(secret), `a secret stands in ${place}`).toBe(false)
    }
  })
}
