import pg from 'pg'

/** What is counted in a run of chaos, and what it shares. */

let seed = 1
export const sow = (given: number) => {
  seed = given >>> 0
}
/** The same order of kills for the same seed, as far as clocks let it be. */
export function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

export const tally = {
  ...{ runs: 0, kills: 0, cuts: 0, target_restarts: 0, target_outage_s: 0, database_restarts: 0, database_cuts: 0 },
  ...{ probes: 0, probes_failed: 0, identities_locked_out: 0, orphan_credentials: 0, revoked_but_usable: 0 },
  ...{ double_effects: 0, stuck_runs: 0, errors: 0, parked: 0, lost_links: 0 },
}
export const ends: Record<string, number> = {}
export const recoveries: number[] = []
const begun = Date.now()
/** Says what happens as it happens, with the seconds since the beginning. */
export const say = (what: string) =>
  console.log(`  ${String(Math.round((Date.now() - begun) / 1000)).padStart(4)} s  ${what}`)
const complaints = new Set<string>()
export const complain = (what: string) => {
  if (complaints.has(what) || complaints.size >= 60) return
  complaints.add(what)
  say(what)
}
export const state = { isOver: false }
/** Runs that have not moved for long: nothing more is broken until they have, so that a slow machine is not taken for a stuck run. */
export const late = new Set<string>()

let pool: pg.Pool | undefined
/** Asks the product's database as its administrator, also while it is started anew. */
export async function askDatabase<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  if (pool === undefined) {
    pool = new pg.Pool({ connectionString: process.env.BENCH_SUPERUSER_URL, application_name: 'chaos', max: 3 })
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await pool.query<Row>(text, values)).rows
    } catch (error) {
      if (attempt >= 200 || (error as { code?: string }).code?.startsWith('42')) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
export const closeDatabase = () => pool?.end()
