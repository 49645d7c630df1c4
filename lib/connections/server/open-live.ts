import type { LiveConnection, LiveConnector } from '@/lib/connectors/live-connector'
import type { LiveSetting } from '@/lib/connectors/live-contract'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { env } from '@/lib/platform/env'
import type { Config } from '../live'

/**
 * Opens a system within what this installation allows; `keep` stores what the source makes of the connection's own secrets. The
 * caller closes it. @throws LiveError
 */
export function openLive(
  connector: LiveConnector,
  {
    config,
    instance,
    signal,
    keep,
  }: { config: Config; instance: string; signal: AbortSignal; keep?: NonNullable<LiveSetting['keep']> },
): Promise<LiveConnection> {
  const { OUTBOUND_NETWORKS, OUTBOUND_LOOPBACK, LIVE_PROGRAMS: mayStartPrograms, LIVE_FOLDERS: folders } = env()
  const outbound = { allow: OUTBOUND_NETWORKS, allowLoopback: OUTBOUND_LOOPBACK }
  return connector.connect(
    config,
    { outbound, instance, fingerprint, mayStartPrograms, folders, ...(keep ? { keep } : {}) },
    { signal },
  )
}
