import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { root } from './layout.mjs'

/**
 * One hash over the names and contents of files and folders; what is absent counts as absent.
 * @param {string[]} names relative to the repository
 * @param {{ skip?: RegExp, also?: string[] }} [options] `skip` is matched against relative paths, `also` is hashed as text
 */
export function stampOf(names, { skip, also = [] } = {}) {
  const hash = crypto.createHash('sha256')
  for (const name of names)
    for (const file of filesIn(name, skip)) hash.update(`${file}\0`).update(fs.readFileSync(path.join(root, file)))
  for (const text of also) hash.update(`\0${text}`)
  return hash.digest('hex')
}

/** @param {string} name @param {RegExp | undefined} skip @returns {string[]} */
function filesIn(name, skip) {
  if (skip?.test(name)) return []
  const found = fs.statSync(path.join(root, name), { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [name]
  return fs
    .readdirSync(path.join(root, name))
    .sort()
    .flatMap((entry) => filesIn(`${name}/${entry}`, skip))
}

/** @param {string} file @returns {string} '' when there is none */
export function readStamp(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
}
