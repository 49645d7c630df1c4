import pg from 'pg'
import { withClient } from './database.mjs'
import { say, step } from './messages.mjs'

/**
 * Loads into empty tables without the trigram indexes and builds them afterwards: keeping them up costs more than all
 * other writing of a first load. Only where nobody else can be hurt: the listing holds no row yet, so nobody searches it,
 * and the connection owns the tables. The definitions lie in a comment meanwhile, so that a killed load finds them again.
 * @template T
 * @param {string} ownerUrl
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function withoutSearchIndexes(ownerUrl, load) {
  await withClient(ownerUrl, setAside)
  const result = await load()
  await withClient(ownerUrl, bringBack)
  return result
}

const NOTE = 'indexes set aside for a first load: '

/** @param {pg.Client} owner */
async function setAside(owner) {
  const { rows: empty } = await owner.query(`SELECT pg_relation_size('identity_listing') = 0 AS yes`)
  if (!empty[0].yes || (await readNote(owner)).length > 0) return
  const { rows } = await owner.query(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
     WHERE a.amname = 'gin' AND i.indrelid IN ('identity_listing'::regclass, 'credential'::regclass)`,
  )
  await owner.query('BEGIN')
  const note = pg.escapeLiteral(NOTE + JSON.stringify(rows.map(({ definition }) => definition)))
  await owner.query(`COMMENT ON TABLE identity_listing IS ${note}`)
  for (const { name } of rows) await owner.query(`DROP INDEX ${name}`)
  await owner.query('COMMIT')
}

/** @param {pg.Client} owner */
async function bringBack(owner) {
  const definitions = await readNote(owner)
  if (definitions.length === 0) return
  await owner.query(`SET maintenance_work_mem = '1GB'; BEGIN`)
  for (const definition of definitions) await step('search index built in', () => owner.query(definition))
  await owner.query(`COMMENT ON TABLE identity_listing IS NULL; COMMIT`)
  say('  the search indexes are back')
}

/** @param {pg.Client} owner @returns {Promise<string[]>} */
async function readNote(owner) {
  const { rows } = await owner.query(`SELECT obj_description('identity_listing'::regclass, 'pg_class') AS note`)
  const note = String(rows[0].note ?? '')
  return note.startsWith(NOTE) ? JSON.parse(note.slice(NOTE.length)) : []
}
