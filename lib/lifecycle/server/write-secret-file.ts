import { randomUUID, timingSafeEqual } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Secret } from '@/lib/connectors/secret'

/** What may be said to people: it names paths, never what was written. */
export class PlaceError extends Error {}

/** The folders that are open to an organization, of entries such as `/srv/secrets` and `acme=/srv/acme`. */
export function openFolders(entries: readonly string[], slug: string): string[] {
  return entries.flatMap((entry) => {
    const [, owner, folder] = /^(?:([a-z0-9-]+)=)?(\/.*)$/.exec(entry) ?? []
    return folder !== undefined && (owner === undefined || owner === slug) ? [path.resolve(folder)] : []
  })
}

const isWithin = (file: string, folder: string) => file.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

/** Whether a path, as it is written, lies in an open folder. */
export const liesOpen = (file: string, folders: readonly string[]): boolean =>
  folders.some((folder) => isWithin(path.resolve(file), folder))

/**
 * The folder of a path, with every link on the way followed: it has to lie in an open one, also then.
 * @throws PlaceError
 */
async function folderOf(file: string, folders: readonly string[]): Promise<string> {
  const closed = () =>
    new PlaceError(
      `${path.dirname(file)} is not open to new secrets. Whoever runs this installation can open it (DELIVERY_FOLDERS).`,
    )
  if (!liesOpen(file, folders)) throw closed()
  const real = await realpath(path.dirname(file)).catch(() => {
    throw new PlaceError(`There is no folder ${path.dirname(file)}.`)
  })
  const opened = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)))
  if (!opened.some((folder) => real === folder || isWithin(real, folder))) throw closed()
  return real
}

/** Whether a file could be written there now. @throws PlaceError */
export async function tryFolder(file: string, folders: readonly string[]): Promise<void> {
  const folder = await folderOf(file, folders)
  await access(folder, constants.W_OK | constants.X_OK).catch(() => {
    throw new PlaceError(`Nothing can be written in ${path.dirname(file)}.`)
  })
}

/** What a file holds; `undefined` = there is none. @throws PlaceError */
export async function readSecretFile(file: string, folders: readonly string[]): Promise<Secret | undefined> {
  const folder = await folderOf(file, folders)
  try {
    const handle = await open(path.join(folder, path.basename(file)), constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const { size } = await handle.stat()
      if (size > largestSecret) throw new PlaceError(`${file} is larger than a secret.`)
      return new Secret(await handle.readFile('utf8'))
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof PlaceError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new PlaceError(`${file} could not be read: ${code ?? 'no reason given'}.`)
  }
}
const largestSecret = 100_000

/**
 * Puts the secret in the place of the file in one step, readable by its owner alone, and reads it back: whoever reads the file
 * finds the old one or the new one whole. May be done again.
 * @throws PlaceError
 */
export async function writeSecretFile(file: string, folders: readonly string[], secret: Secret): Promise<void> {
  const folder = await folderOf(file, folders)
  const place = path.join(folder, path.basename(file))
  const beside = path.join(folder, `.${path.basename(file)}.${randomUUID()}`)
  const wanted = Buffer.from(secret.reveal())
  try {
    const handle = await open(
      beside,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    )
    try {
      // Whatever the process takes away from new files.
      await handle.chmod(0o600)
      await handle.writeFile(wanted)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, place)
    const held = await open(folder, constants.O_RDONLY)
    await held.sync().catch(() => {})
    await held.close()
    const read = await readFile(place)
    if (read.length !== wanted.length || !timingSafeEqual(read, wanted))
      throw new PlaceError(`${file} was written, and something else was read back.`)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    if (error instanceof PlaceError) throw error
    throw new PlaceError(`${file} could not be written: ${(error as NodeJS.ErrnoException).code ?? 'no reason given'}.`)
  }
}
