import type { Call } from '../live-contract'
import { LiveError } from '../live-error'
import { type Account, keyPaths, parseAccounts } from './accounts'
import { type KeyText, parseKeys } from './authorized-keys'
import { parseCertificate, type SshCertificate } from './certificate'
import { explainSsh, namesIn, type SshSession } from './client'
import { limits, readFile } from './files'
import { parseRevocations, type Revocations } from './krl'

/** A place that could not be read, and why. */
export interface Unread {
  path: string
  reason: string
}

/** The keys of an account in all its files that are there, in the order in which sshd looks. */
export interface AccountKeys {
  account: Account
  paths: string[]
  files: { path: string; text: KeyText }[]
  unread: Unread[]
}

/** The accounts that the connection was told of, or all of the server, by their names. */
export async function readAccounts(session: SshSession, call: Call): Promise<Map<string, Account>> {
  const passwd = await textOf(session, '/etc/passwd', limits.accounts, call)
  const group = await textOf(session, '/etc/group', limits.accounts, call)
  const known = parseAccounts(passwd ?? '', group)
  const named = namesIn(session.config.accounts)
  if (named.length > 0) return new Map(named.map((name) => [name, known.get(name) ?? { name, strongGroups: [] }]))
  if (passwd !== undefined) return known
  throw new LiveError(
    'forbidden',
    '/etc/passwd cannot be read here: name the accounts in the settings of the connection.',
  )
}

/** @returns `undefined` = not there, or not readable */
async function textOf(session: SshSession, path: string, limit: number, call: Call): Promise<string | undefined> {
  const file = await readFile(session, path, limit, call).catch(unlessReadable)
  return file instanceof LiveError ? undefined : file?.bytes.toString('utf8')
}

/** What stands in the way of reading one file; what broke the whole connection is thrown. */
function unlessReadable(thrown: unknown): LiveError {
  const error = thrown instanceof LiveError ? thrown : explainSsh(thrown)
  if (error === undefined || !['forbidden', 'conflict', 'refused_by_source'].includes(error.code)) throw thrown
  return error
}

export async function readKeys(session: SshSession, account: Account, call: Call): Promise<AccountKeys> {
  const { paths, unknown } = keyPaths(session.config.keyFiles, account)
  const found: AccountKeys = {
    ...{ account, paths, files: [] },
    unread: unknown.map((path) => ({ path, reason: `the home or number of ${account.name} is not known` })),
  }
  for (const path of paths) {
    const file = await readFile(session, path, limits.keys, call).catch(unlessReadable)
    if (file instanceof LiveError) found.unread.push({ path, reason: file.message })
    else if (file !== undefined) found.files.push({ path, text: parseKeys(file.bytes.toString('latin1')) })
  }
  return found
}

/** The list of revoked keys; `undefined` = none is configured. */
export async function readRevocations(session: SshSession, call: Call): Promise<Revocations | Unread | undefined> {
  const path = session.config.revokedKeys
  if (path === undefined) return undefined
  try {
    const file = await readFile(session, path, limits.lists, call)
    if (file === undefined) return { path, reason: 'it is not there' }
    return parseRevocations(file.bytes)
  } catch (thrown) {
    return { path, reason: unlessReadable(thrown).message }
  }
}

export interface Register {
  certificates: SshCertificate[]
  /** Lines that are no user certificate, counted from 1. */
  malformed: number[]
  unread?: Unread
}

/** Every certificate of the register, each once. */
export async function readRegister(session: SshSession, call: Call): Promise<Register> {
  const found: Register = { certificates: [], malformed: [] }
  const path = session.config.certificates
  if (path === undefined) return found
  const file = await readFile(session, path, limits.lists, call).catch(unlessReadable)
  if (file === undefined || file instanceof LiveError)
    return { ...found, unread: { path, reason: file?.message ?? 'it is not there' } }
  const seen = new Set<string>()
  for (const [at, line] of file.bytes.toString('utf8').split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const certificate = parseCertificate(line)
    if (certificate === undefined) found.malformed.push(at + 1)
    else if (!seen.has(line.trim())) found.certificates.push(certificate)
    seen.add(line.trim())
  }
  return found
}
