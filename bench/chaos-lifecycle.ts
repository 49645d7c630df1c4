import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { closePool } from '../lib/platform/db/pool'
import { systemsUnderTest } from '../lib/platform/testing/servers/systems'
import { ensurePerson } from '../prisma/demo/people'
import { breakSteps, cutAtRandom, killedAt, restartAtRandom, startWorkers, stopWorkers } from './chaos-breakers'
import { revoke, rotate } from './chaos-people'
import { type Account, countOrphans, openPlace, Place, probe, whyNoLogin } from './chaos-places'
import { askDatabase, closeDatabase, complain, ends, recoveries, say, sow, state, tally } from './chaos-tally'

/**
 * Rotates and revokes accounts of real servers while workers are killed before, inside and after steps, connections are cut on both
 * sides, and the systems and the product's own database are started anew. What each account's program would see is tried from
 * outside ten times a second. What it came to is written to a file for `scripts/chaos.mjs`, which says what has to be zero.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '60' },
    systems: { type: 'string', default: 'postgresql,redis,mariadb,rabbitmq,ldap,oauth' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})
sow(Number(values.seed))
const wanted = Number(values.runs)
const ids = String(values.systems).split(',')
const perSystem = ids.length > 2 ? 2 : 3

async function work(account: Account, userId: string, take: () => number | undefined): Promise<void> {
  for (let no = take(); no !== undefined; no = take()) {
    await (no % 3 === 2 ? revoke(account) : rotate(account, userId)).catch((error: unknown) => {
      tally.errors += 1
      complain(
        `${account.place.system.name} ${account.name}: ${error instanceof Error ? error.message : String(error)}`,
      )
      account.isWindow = false
    })
  }
}

let places: Place[] = []
/** Told to stop: nothing that was started is left behind. */
async function giveUp(): Promise<void> {
  state.isOver = true
  stopWorkers()
  await Promise.race([Promise.allSettled(places.map((place) => place.stop())), sleep(20_000)])
  process.exit(2)
}
process.once('SIGTERM', giveUp)
process.once('SIGINT', giveUp)

async function main(): Promise<void> {
  const person = await ensurePerson({ name: 'Chaos', email: 'chaos@example.com' }, 'breaks-by-night')
  startWorkers()
  const opened = await Promise.all(
    ids.map(async (id) => {
      const system = systemsUnderTest.find(({ connector }) => connector === id)
      return system ? openPlace(person, system, perSystem) : `there is no system ${id}`
    }),
  )
  for (const [at, place] of opened.entries()) if (typeof place === 'string') complain(`${ids[at]} left out: ${place}`)
  places = opened.filter((place) => place instanceof Place)
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
        if (taken % 10 === 0)
          say(`${taken} of ${wanted} runs begun, ${tally.kills} kills, ${tally.probes} logins judged`)
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
  const seconds = Math.round((Date.now() - began) / 1000)
  const leftOut = ids.filter((id) => places.every(({ system }) => system.connector !== id))
  const piece = { ...{ tally, recoveries, ends, killedAt: killedAt(), systems: places.length }, leftOut, seconds }
  fs.writeFileSync(String(values.out), JSON.stringify(piece))
}

void main()
  .then(
    () => 0,
    (error: unknown) => {
      console.error(error)
      return 2
    },
  )
  .then(async (code) => {
    state.isOver = true
    stopWorkers()
    await closeDatabase()
    await closePool()
    process.exit(code)
  })
