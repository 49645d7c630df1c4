import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Call } from '../live-contract'
import { LiveError } from '../live-error'
import { ask, explainSsh, type FileStats, type SshSession } from './client'

export interface ServerFile {
  bytes: Buffer
  uid: number
  gid: number
  /** Permission bits. */
  mode: number
}

/** What a file of the server may hold, in bytes; more is not read. */
export const limits = { keys: 1024 * 1024, accounts: 8 * 1024 * 1024, lists: 16 * 1024 * 1024 } as const

const chunkBytes = 32 * 1024

/**
 * Reads a plain file. A link is not followed: it may have been laid by who owns the folder.
 * @returns `undefined` = there is none
 * @throws LiveError `forbidden`, `conflict` for what is no plain file or too large
 */
export async function readFile(
  session: SshSession,
  file: string,
  limit: number,
  call: Call,
): Promise<ServerFile | undefined> {
  await call.pace()
  const found = await stat(session, file, call)
  if (found === undefined) return undefined
  if (!found.isFile()) throw new LiveError('conflict', `${file} is not a plain file.`)
  const handle = await ask<Buffer>(session, call, (sftp, done) => sftp.open(file, 'r', done)).catch(gone)
  if (handle === undefined) return undefined
  try {
    const { uid, gid, mode } = await ask<FileStats>(session, call, (sftp, done) => sftp.fstat(handle, done))
    const chunks: Buffer[] = []
    // Files of /proc say that they are empty: the end is where nothing comes.
    for (let size = 0; ; ) {
      const chunk = await readChunk(session, handle, size, call)
      if (chunk.length === 0) break
      size += chunk.length
      if (size > limit) throw new LiveError('conflict', `${file} is larger than ${limit / 1024 / 1024} MiB.`)
      chunks.push(chunk)
    }
    return { bytes: Buffer.concat(chunks), uid, gid, mode: mode & 0o7777 }
  } finally {
    await close(session, handle, call)
  }
}

function readChunk(session: SshSession, handle: Buffer, position: number, call: Call): Promise<Buffer> {
  const buffer = Buffer.alloc(chunkBytes)
  return ask<Buffer>(session, call, (sftp, done) =>
    sftp.read(handle, buffer, 0, chunkBytes, position, (error, count) =>
      // 1: the end of the file.
      (error as { code?: unknown } | undefined)?.code === 1
        ? done(undefined, Buffer.alloc(0))
        : done(error, buffer.subarray(0, count)),
    ),
  )
}

/** A handle that cannot be closed any more is closed with the connection. */
const close = (session: SshSession, handle: Buffer, call: Call) =>
  ask(session, call, (sftp, done) => sftp.close(handle, done)).catch(() => {})

/** Of the file itself, not of what a link points to. @returns `undefined` = there is none */
export async function stat(session: SshSession, file: string, call: Call): Promise<FileStats | undefined> {
  return ask<FileStats>(session, call, (sftp, done) => sftp.lstat(file, done)).catch(gone)
}

function gone(thrown: unknown): undefined {
  if (explainSsh(thrown)?.code !== 'not_found') throw thrown
  return undefined
}

/** Who the server takes us for when it opens files; `undefined` = it does not say. */
export interface OwnIds {
  uid: number
  gids: number[]
}

/** `/proc/self` is the server's own process for our files, also behind sudo. */
export async function readOwnIds(session: SshSession, call: Call): Promise<OwnIds | undefined> {
  const status = await readFile(session, '/proc/self/status', limits.keys, call).catch((thrown) => {
    if (explainSsh(thrown) === undefined && !(thrown instanceof LiveError)) throw thrown
    return undefined
  })
  const text = status?.bytes.toString() ?? ''
  const ids = (name: string) =>
    (new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1] ?? '').trim().split(/\s+/).map(Number)
  const uid = ids('Uid')[1]
  const gid = ids('Gid')[1]
  if (uid === undefined || gid === undefined) return undefined
  return { uid, gids: [gid, ...ids('Groups')] }
}

/** Whether a file can be put in the place of this one, with the same owner: needs the folder. */
export async function mayReplace(
  session: SshSession,
  file: string,
  own: OwnIds | undefined,
  call: Call,
): Promise<boolean | 'unknown'> {
  if (own === undefined) return 'unknown'
  if (own.uid === 0) return true
  try {
    const folder = await stat(session, path.posix.dirname(file), call)
    const there = await stat(session, file, call)
    if (folder === undefined || (there !== undefined && there.uid !== own.uid)) return false
    const bits =
      folder.uid === own.uid ? folder.mode >> 6 : own.gids.includes(folder.gid) ? folder.mode >> 3 : folder.mode
    return (bits & 3) === 3
  } catch (error) {
    if (explainSsh(error)?.code === 'forbidden') return false
    throw error
  }
}

/** Owner and mode of a file that is not there yet. */
export interface NewFile {
  uid?: number
  gid?: number
  mode: number
}

/**
 * Changes a file in one step: a new one is written beside it, with its owner and mode, and takes its place. Nobody sees half
 * a file, and what somebody else changes meanwhile is not lost.
 * @param make what a file that is not there is made with; `undefined` = it must be there
 * @param change gives the new bytes, or `undefined` when there is nothing to change; asked again when the file has changed
 * @returns whether it was changed
 */
export async function changeFile(
  session: SshSession,
  file: string,
  limit: number,
  make: NewFile | undefined,
  change: (bytes: Buffer) => Buffer | undefined,
  call: Call,
): Promise<boolean> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const before = await readFile(session, file, limit, call)
    const owner = before ?? make
    if (owner === undefined) throw new LiveError('not_found', `${file} is not there.`)
    const after = change(before?.bytes ?? Buffer.alloc(0))
    if (after === undefined) return false
    if (await replace(session, file, limit, before, { ...owner, bytes: after }, call)) return true
  }
  throw new LiveError('conflict', `${file} is being changed by somebody else: nothing was changed here.`)
}

async function replace(
  session: SshSession,
  file: string,
  limit: number,
  before: ServerFile | undefined,
  after: NewFile & { bytes: Buffer },
  call: Call,
): Promise<boolean> {
  await call.pace()
  const beside = path.posix.join(path.posix.dirname(file), `.bailiwick-${randomBytes(8).toString('hex')}`)
  // wx: only a file that was not there, and through no link.
  const handle = await ask<Buffer>(session, call, (sftp, done) => sftp.open(beside, 'wx', { mode: 0o600 }, done))
  let isOpen = true
  try {
    for (let at = 0; at < after.bytes.length; at += chunkBytes)
      await ask(session, call, (sftp, done) =>
        sftp.write(handle, after.bytes, at, Math.min(chunkBytes, after.bytes.length - at), at, done),
      )
    const made = await ask<FileStats>(session, call, (sftp, done) => sftp.fstat(handle, done))
    const [uid, gid] = [after.uid ?? made.uid, after.gid ?? made.gid]
    if (uid !== made.uid || gid !== made.gid)
      await ask(session, call, (sftp, done) => sftp.fchown(handle, uid, gid, done))
    await ask(session, call, (sftp, done) => sftp.fchmod(handle, after.mode & 0o777, done))
    await ask(session, call, (sftp, done) => sftp.ext_openssh_fsync(handle, done))
    await close(session, handle, call)
    isOpen = false
    const now = await readFile(session, file, limit, call)
    if (now === undefined ? before !== undefined : before === undefined || !now.bytes.equals(before.bytes)) {
      await remove(session, beside, call)
      return false
    }
    await ask(session, call, (sftp, done) => sftp.ext_openssh_rename(beside, file, done))
    return true
  } catch (error) {
    if (isOpen) await close(session, handle, call)
    await remove(session, beside, call)
    throw error
  }
}

/** What was written in vain. Where even that cannot be removed, the first error is the one to tell. */
const remove = (session: SshSession, file: string, call: Call) =>
  ask(session, call, (sftp, done) => sftp.unlink(file, done)).catch(() => {})
