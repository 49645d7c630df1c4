import type { DrawnEntry } from './drawn-entry'
import { listNavigation } from './navigation'

/** What the navigation shows to somebody who may do this; drawn on the server. */
export function drawNavigation(can: Record<string, boolean>): DrawnEntry[] {
  return listNavigation(can).map(({ icon: Icon, needs: _needs, ...entry }) => ({
    ...entry,
    icon: <Icon className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />,
  }))
}
