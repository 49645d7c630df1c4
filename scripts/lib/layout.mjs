import fs from 'node:fs'
import path from 'node:path'

/** The repository's folder; APP_ROOT where a bundle of these scripts runs elsewhere. */
export const root = process.env.APP_ROOT || path.resolve(import.meta.dirname, '../..')

/** @param {...string} parts */
export const inRoot = (...parts) => path.join(root, ...parts)

/**
 * Where the processes find the bundled threads that lie in a folder.
 * @param {string} folder
 */
export const threadFiles = (folder) => ({
  PARSE_THREAD: path.join(folder, 'parse-thread.mjs'),
  GRAPH_THREAD: path.join(folder, 'graph-thread.mjs'),
})

/**
 * Where one instance keeps its data: database, secrets, run file, logs. `start`, `dev`, `test`, `fuzz` and `generated` (the
 * large inventory of `npm run generate`) each have their own, so that none of them disturbs another. DATA_DIR moves the folder that holds them.
 * @param {'start' | 'dev' | 'test' | 'fuzz' | 'generated'} profile
 */
export function dataFolder(profile) {
  const base = path.resolve(root, process.env.DATA_DIR ?? '.data')
  const folder = path.join(base, profile)
  // One at a time: `recursive` would give the parents the mode as well. Others must be able to walk through, because
  // Postgres runs as another user when this is root; what is secret inside has a mode of its own.
  for (const each of [base, folder]) {
    if (fs.existsSync(each)) continue
    fs.mkdirSync(each, { recursive: true })
    fs.chmodSync(each, 0o755)
  }
  const logs = path.join(folder, 'log')
  fs.mkdirSync(logs, { recursive: true, mode: 0o700 })
  return { folder, logs, at: (/** @type {string} */ name) => path.join(folder, name) }
}
