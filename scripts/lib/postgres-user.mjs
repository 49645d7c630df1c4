import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { say } from './messages.mjs'

/**
 * Postgres refuses to run as root. When this process is root, the server runs as user `postgres` (or `nobody`).
 * @returns {{ uid: number, gid: number } | undefined} undefined when this process is not root
 */
export function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) throw new Error('Neither a user postgres nor a user nobody exists; start as a user other than root.')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** Whether a user that owns nothing here can walk to this path. @param {string} target */
function isReachable(target) {
  for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
    if (fs.existsSync(folder) && (fs.statSync(folder).mode & 0o001) === 0) return false
    if (folder === path.dirname(folder)) return true
  }
}

/**
 * Where the server's programs and its data lie. Beside each other in this repository, except when root starts them from
 * a folder that other users cannot enter (a clone under a private home): then both live under the system's state folder.
 * @param {{ native: string, version: string, folder: string }} wanted
 */
export function placeForPostgres({ native, version, folder }) {
  const data = path.join(folder, 'postgres')
  const user = unprivilegedUser()
  if (!user || (isReachable(path.join(native, 'bin', 'postgres')) && isReachable(data))) return { native, data, user }

  const key = crypto.createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const place = path.join('/var/lib', `bailiwick-${key}`)
  const copy = path.join(place, `native-${version}`)
  if (!fs.existsSync(copy)) {
    say(`  other users cannot enter ${folder}: the database lives in ${place}`)
    fs.mkdirSync(place, { recursive: true })
    fs.chmodSync(place, 0o755)
    fs.rmSync(`${copy}.new`, { recursive: true, force: true })
    fs.cpSync(native, `${copy}.new`, { recursive: true, verbatimSymlinks: true })
    openToAll(`${copy}.new`)
    fs.renameSync(`${copy}.new`, copy)
  }
  return { native: copy, data: path.join(place, 'postgres'), user }
}

/** Read for everybody, as a private umask withheld it. @param {string} folder */
function openToAll(folder) {
  fs.chmodSync(folder, 0o755)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) openToAll(file)
    else if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode & 0o100 ? 0o755 : 0o644)
  }
}
