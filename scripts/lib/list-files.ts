import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** A file to import: where it lies, and what it is known by. */
export interface FoundFile {
  path: string
  /**
   * What the file is recognised by at the next import: its path from where the user stands, so that two files of one name in
   * two folders are two; the whole path for what lies elsewhere.
   */
  name: string
  bytes: number
}

/** What folders hold that nobody means to import. */
const litter = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', '.git', 'node_modules', '__MACOSX'])

/** The files that are named, and all that lie in the folders that are named, in the order of their names. @throws as `stat` */
export async function listFiles(folder: string, given: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const name of given) await collect(folder, path.resolve(folder, name), found)
  return found
}

async function collect(folder: string, at: string, into: FoundFile[]): Promise<void> {
  const facts = await stat(at)
  if (!facts.isDirectory()) {
    into.push({ path: at, name: nameOf(folder, at), bytes: facts.size })
    return
  }
  const entries = await readdir(at, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A link may lead back up.
    if (!litter.has(entry.name) && !entry.isSymbolicLink()) await collect(folder, path.join(at, entry.name), into)
  }
}

function nameOf(folder: string, whole: string): string {
  const relative = path.relative(folder, whole)
  const name = relative.startsWith('..') || path.isAbsolute(relative) ? whole : relative
  return name.split(path.sep).join('/')
}

/** Parts of the list that each fit into one import. A file too large for any stands alone, to be refused by name. */
export function inParts(files: readonly FoundFile[], limits: { files: number; bytesInAll: number }): FoundFile[][] {
  const parts: FoundFile[][] = []
  let bytes = 0
  for (const file of files) {
    const last = parts.at(-1)
    const fits = last && last.length < limits.files && bytes + file.bytes <= limits.bytesInAll
    bytes = (fits ? bytes : 0) + file.bytes
    if (fits) last.push(file)
    else parts.push([file])
  }
  return parts
}
