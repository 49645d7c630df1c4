import type { ImportFile } from '@/lib/connections/schema'
import { countEntries } from './entry-groups'

/** The parts of each file of a run, files with problems first. Parts have the file's name, and come one after the other. */
export function filesOf(parts: readonly ImportFile[]): ImportFile[][] {
  const files = new Map<string, ImportFile[]>()
  for (const part of parts) {
    // Two files of one name are two: their content is another.
    const key = `${part.name}\u0000${part.sha256}`
    files.set(key, [...(files.get(key) ?? []), part])
  }
  const weight = (file: ImportFile[]) => Math.max(...file.map(weightOf))
  return [...files.values()].sort((a, b) => weight(b) - weight(a) || (a[0]?.no ?? 0) - (b[0]?.no ?? 0))
}

function weightOf(part: ImportFile): number {
  if (part.error) return 3
  if (part.refused.length > 0) return 2
  return part.unresolved.length > 0 ? 1 : 0
}

/** How many entries of a part were left out, those that are only counted included. */
export function leftOutOf(part: ImportFile): number {
  return countEntries(part.refused)
}

/** How many references of a part stay open, those that are only counted included. */
export function unresolvedOf(part: ImportFile): number {
  return Math.max(part.counts?.unresolved ?? 0, part.unresolved.length)
}
