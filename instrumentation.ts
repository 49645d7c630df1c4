/**
 * Runs once in each server process, before its first request. A configuration that is not complete ends the process here,
 * with the names of what is missing, and not at somebody's request.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { env } = await import('@/lib/platform/env')
  env()
  const { stampPeerAddresses } = await import('@/lib/platform/auth/client-address')
  stampPeerAddresses()
  const { flushAtEnd, openAccessDoor, warmUpAccess } = await import('@/lib/decisions/server/open-door')
  openAccessDoor()
  flushAtEnd()
  await warmUpAccess()
}
