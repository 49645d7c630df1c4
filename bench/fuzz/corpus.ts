import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

export interface CorpusFile {
  /** `aws/authorization-details/cloudsplaining-example.json` */
  name: string
  /** The connector's folder. */
  folder: string
  size: number
  read: () => Buffer
}

/** Larger files are rarely chosen: what they add in shapes they take in time. */
const largeBytes = 100_000

/** The fixtures of every connector, by the group (its folder of fixtures) that they stand in, in one order on every machine. */
export function readCorpus(connectors: string): Map<string, CorpusFile[]> {
  const groups = new Map<string, CorpusFile[]>()
  for (const folder of readdirSync(connectors).sort()) {
    const root = path.join(connectors, folder, 'fixtures')
    const names = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }).sort() : []
    for (const name of names) {
      const file = path.join(root, name)
      if (/\.(?:md|ts)$/.test(name) || !statSync(file).isFile()) continue
      const [first = '', ...rest] = name.split(path.sep)
      const group = rest.length > 0 ? `${folder}/${first}` : folder
      const entry = { name: `${folder}/${name}`, folder, size: statSync(file).size, read: () => readFileSync(file) }
      groups.set(group, [...(groups.get(group) ?? []), entry])
    }
  }
  return groups
}

export function isLarge(file: CorpusFile): boolean {
  return file.size > largeBytes
}
