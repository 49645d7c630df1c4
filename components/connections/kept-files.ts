/** Files of this tab's previews, by run; in memory only. The server does not keep what was uploaded. */
const kept = new Map<string, File[]>()

export function keepFiles(runId: string, files: File[]): void {
  kept.set(runId, files)
}

export function keptFiles(runId: string): File[] {
  return kept.get(runId) ?? []
}
