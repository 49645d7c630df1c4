import type { Tone } from '@/components/ui/tone'
import type { Incident } from '@/lib/incidents/schema'
import type { Severity } from '@/lib/incidents/values'

export const severityTone: Record<Severity, Tone> = { sev1: 'danger', sev2: 'danger', sev3: 'warning', sev4: 'notice' }

/** How far one reaches, in words. */
export function scopeWords({ systems, environments }: Pick<Incident, 'systems' | 'environments'>): string {
  if (systems.length === 0 && environments.length === 0) return 'The whole organization'
  const where = systems.length > 0 ? systems.map(({ name }) => name).join(', ') : 'Every system'
  return environments.length > 0 ? `${where}, where it is ${environments.join(' or ')}` : where
}

/** What has been drawn of the open incidents, to be compared with what there is. */
export const keyOfOpen = (open: readonly { id: string; severity: string; commanderId: string }[]): string =>
  open
    .map(({ id, severity, commanderId }) => `${id} ${severity} ${commanderId}`)
    .toSorted()
    .join('\n')
