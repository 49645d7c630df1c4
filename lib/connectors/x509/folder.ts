import { createHash, timingSafeEqual } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import path from 'node:path'
import type { Call } from '../live-contract'
import { LiveError } from '../live-error'
import type { Secret } from '../secret'
import { type Certificate, parseCertificate } from './certificate'
import { type Index, parseIndex } from './index-file'

const limitBytes = 64 * 1024 * 1024
const keptCertificates = 2000

/**
 * A folder as it is, without links, when it lies in one that the installation allows.
 * @throws LiveError `blocked_address`, `not_found`
 */
export async function allowedFolder(folder: string, allowed: readonly string[]): Promise<string> {
  const real = await realpath(folder).catch(() => undefined)
  const roots = await Promise.all(allowed.map((root) => realpath(root).catch(() => path.resolve(root))))
  const isIn = (place: string) => roots.some((root) => place === root || place.startsWith(`${root}/`))
  // Told alike whether it is there or not: whoever adds a connection learns nothing about other folders.
  if (!isIn(real ?? path.resolve(folder)))
    throw new LiveError(
      'blocked_address',
      `${folder} is not open to connections. Whoever runs this installation can open it (LIVE_FOLDERS).`,
    )
  if (real === undefined) throw new LiveError('not_found', `${folder} is not there.`)
  return real
}

const keyFile = 'bailiwick.key'

/**
 * The same for a folder that a connection names: it has to know the key that lies in it. What the installation opens is open to all
 * of its organizations, and a folder asks for no password.
 * @throws LiveError `login_refused`
 */
export async function openedFolder(
  folder: string,
  allowed: readonly string[],
  key: Secret | undefined,
): Promise<string> {
  const real = await allowedFolder(folder, allowed)
  const kept = (await readPlain(path.join(real, keyFile), 4096))?.toString('utf8').trim() ?? ''
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (key === undefined || kept.length < 16 || !timingSafeEqual(digest(kept), digest(key.reveal().trim())))
    throw new LiveError('login_refused', `${folder} holds no file ${keyFile} with the key of this connection.`)
  return real
}

/** Reads a plain file, and follows no link: whoever keeps the folder may have laid one. @returns `undefined` = there is none */
export async function readPlain(file: string, limit = limitBytes): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const found = await handle.stat()
    if (!found.isFile()) throw new LiveError('conflict', `${file} is not a plain file.`)
    if (found.size > limit) throw new LiveError('conflict', `${file} is larger than ${limit / 1024 / 1024} MiB.`)
    return await handle.readFile()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw explainFile(error, file) ?? error
  } finally {
    await handle?.close()
  }
}

/** What the file system says. */
export function explainFile(error: unknown, file: string): LiveError | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return new LiveError('forbidden', `${file} is not open to this user.`)
  if (code === 'EROFS') return new LiveError('forbidden', `${file} can only be read.`)
  if (code === 'ELOOP') return new LiveError('conflict', `${file} is a link, which is not followed.`)
  if (code === 'ESTALE' || code === 'EIO') return new LiveError('unreachable', `${file} cannot be reached (${code}).`)
  return undefined
}

/** The folder of an authority as `openssl ca` keeps it, to be read. */
export interface CertificateFolder {
  path: string
  /** @throws LiveError `not_found` where there is no index */
  readIndex: (call: Call) => Promise<Index>
  /** @returns `undefined` = the folder does not hold it, or it is none */
  readCertificate: (serial: string, call: Call) => Promise<Certificate | undefined>
  read: (name: string, call: Call) => Promise<Buffer | undefined>
}

export async function openFolder(
  folder: string,
  allowed: readonly string[],
  key: Secret | undefined,
): Promise<CertificateFolder> {
  const real = await openedFolder(folder, allowed, key)
  const certificates = await allowedFolder(path.join(real, 'newcerts'), [real]).catch(() => undefined)
  const known = new Map<string, Certificate>()
  let kept: { text: Buffer; index: Index } | undefined
  const read = async (name: string, call: Call) => {
    await call.pace()
    return readPlain(path.join(real, name))
  }
  const readIndex = async (call: Call) => {
    const text = await read('index.txt', call)
    if (text === undefined)
      throw new LiveError('not_found', `${folder} holds no index.txt: it is not the folder of an authority.`)
    if (kept === undefined || !kept.text.equals(text)) kept = { text, index: parseIndex(text.toString('utf8')) }
    return kept.index
  }
  const readCertificate = async (serial: string, call: Call) => {
    const before = known.get(serial)
    if (before !== undefined || certificates === undefined) return before
    if (call.signal.aborted) throw new LiveError('cancelled', 'It was cancelled.')
    const bytes = await readPlain(path.join(certificates, `${serial}.pem`), 1024 * 1024)
    const certificate = bytes === undefined ? undefined : parseCertificate(bytes)
    // A file of another certificate proves nothing about this one.
    if (certificate === undefined || certificate.serial !== serial) return undefined
    if (known.size >= keptCertificates) known.clear()
    known.set(serial, certificate)
    return certificate
  }
  await readIndex({ signal: new AbortController().signal, pace: async () => {} })
  return { path: real, readIndex, readCertificate, read }
}
