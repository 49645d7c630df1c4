import type { ImportFile } from '@/lib/connections/schema'

/** The parts of each file of a run, files with problems first. A member of an archive is a file of its own. */
export function filesOf(parts: readonly ImportFile[]): ImportFile[][] {
  const files = new Map<string, ImportFile[]>()
  for (const part of parts) {
    const key = `${part.upload}\u0000${part.name}`
    files.set(key, [...(files.get(key) ?? []), part])
  }
  const weight = (file: ImportFile[]) => Math.max(...file.map(weightOf))
  return [...files.values()].sort((a, b) => weight(b) - weight(a) || (a[0]?.no ?? 0) - (b[0]?.no ?? 0))
}

function weightOf(part: ImportFile): number {
  if (part.error) return 3
  if (leftOutOf(part) > 0) return 2
  return part.unresolved.length > 0 ? 1 : 0
}

/** How many entries of a part were left out. */
export function leftOutOf(part: ImportFile): number {
  return Math.max(part.refusedCount, part.refused.length)
}

/** How many references of a part stay open. */
export function unresolvedOf(part: ImportFile): number {
  return Math.max(part.counts?.unresolved ?? 0, part.unresolved.length)
}
