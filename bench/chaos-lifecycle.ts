import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { closePool } from '../lib/platform/db/pool'
import { systemsUnderTest } from '../lib/platform/testing/servers/systems'
import { ensurePerson } from '../prisma/demo/people'
import { breakSteps, cutAtRandom, killedAt, restartAtRandom, startWorkers, stopWorkers } from './chaos-breakers'
import { revoke, rotate } from './chaos-people'
import { type Account, countOrphans, openPlace, Place, probe, whyNoLogin } from './chaos-places'
import { askDatabase, closeDatabase, complain, ends, recoveries, sow, state, tally, zeros } from './chaos-tally'

/**
 * Rotates and revokes accounts of real servers while workers are killed before, inside and after steps, connections are cut on both
 * sides, and the systems and the product's own database are started anew. What each account's program would see is tried from
 * outside ten times a second. The last line is one JSON object.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    systems: { type: 'string', default: 'postgresql,redis,mariadb,rabbitmq,ldap,oauth' },
    seed: { type: 'string', default: '1' },
  },
})
sow(Number(values.seed))
const wanted = Number(values.runs)
const ids = String(values.systems).split(',')
const perSystem = ids.length > 2 ? 2 : 3

async function work(account: Account, userId: string, take: () => number | undefined): Promise<void> {
  for (let no = take(); no !== undefined; no = take()) {
    await (no % 3 === 2 ? revoke(account) : rotate(account, userId)).catch((error: unknown) => {
      complain(
        `${account.place.system.name} ${account.name}: ${error instanceof Error ? error.message : String(error)}`,
      )
      account.isWindow = false
    })
  }
}

async function main(): Promise<number> {
  const person = await ensurePerson({ name: 'Chaos', email: 'chaos@example.com' }, 'breaks-by-night')
  startWorkers()
  const opened = await Promise.all(
    ids.map(async (id) => {
      const system = systemsUnderTest.find(({ connector }) => connector === id)
      return system ? openPlace(person, system, perSystem) : `there is no system ${id}`
    }),
  )
  for (const [at, place] of opened.entries()) if (typeof place === 'string') complain(`${ids[at]} left out: ${place}`)
  const places = opened.filter((place) => place instanceof Place)
  const accounts = places.flatMap((place) => place.accounts)
  const began = Date.now()
  let taken = 0
  const times = Math.max(1, Math.round(wanted / 60))
  const background = [
    breakSteps(places),
    cutAtRandom(places),
    restartAtRandom(places, () => taken / wanted, times),
    ...accounts.map(probe),
  ]
  await Promise.all(
    accounts.map((account, index) => {
      let no = index - 1
      return work(account, person.id, () => {
        if (taken >= wanted) return undefined
        taken += 1
        no += 1
        return no
      })
    }),
  )
  // What is under way ends with what it began, and the probes see how it ended.
  while (places.some(({ isDown }) => isDown)) await sleep(100)
  await sleep(1000)
  state.isOver = true
  await Promise.allSettled(background)
  stopWorkers()
  for (const account of accounts) {
    const why = await whyNoLogin(account, account.secret)
    if (why === undefined) continue
    tally.identities_locked_out += 1
    complain(`${account.place.system.name} ${account.name} is locked out: ${why}`)
  }
  for (const place of places) {
    tally.orphan_credentials += await countOrphans(place)
    await place.stop()
  }
  const [twice] = await askDatabase<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT FROM lifecycle_step WHERE state = 'done' AND step IN ('issue', 'retire', 'remove', 'cut', 'enable') GROUP BY run_id, step, generation HAVING count(*) > 1) twice`,
  )
  tally.double_effects = twice?.n ?? Number.NaN
  const sorted = recoveries.toSorted((a, b) => a - b)
  const p95 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? null
  console.log(`  killed at ${killedAt().length} places: ${killedAt().join(', ')}`)
  console.log(`  ${JSON.stringify(ends)} in ${Math.round((Date.now() - began) / 1000)} s`)
  console.log(
    JSON.stringify({
      ...tally,
      target_outage_s: Math.round(tally.target_outage_s * 10) / 10,
      p95_recovery_s: p95 === null ? null : Math.round(p95 * 10) / 10,
      systems: places.length,
    }),
  )
  return zeros.every((name) => tally[name] === 0) && places.length === ids.length ? 0 : 1
}

void main()
  .catch((error: unknown) => {
    console.error(error)
    return 2
  })
  .then(async (code) => {
    state.isOver = true
    stopWorkers()
    await closeDatabase()
    await closePool()
    process.exit(code)
  })
