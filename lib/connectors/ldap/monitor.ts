import type { Call, LiveUse } from '../live-contract'
import { LiveError } from '../live-error'
import type { LdapSession } from './account'
import { codeOf, result, search } from './client'
import { escapeFilter, generalizedTime, normalDn, textOf } from './entry'

const place = 'cn=Connections,cn=Monitor'

/** Connections of this server that signed in under a name. https://www.openldap.org/doc/admin26/monitoringslapd.html */
export async function readConnections(
  session: LdapSession,
  dn: string,
  call: Call,
): Promise<(LiveUse['sessions'][number] & { lastUsedAt: string })[]> {
  const attributes = [
    ...['monitorConnectionNumber', 'monitorConnectionAuthzDN', 'monitorConnectionPeerAddress'],
    ...['monitorConnectionStartTime', 'monitorConnectionActivityTime'],
  ]
  const filter = `(monitorConnectionAuthzDN=${escapeFilter(dn)})`
  if (!(await seesConnections(session, call)))
    throw new LiveError('forbidden', 'Who is connected is seen with the right to read cn=Monitor only.')
  const entries = await search(session, call, { base: place, scope: 'one', filter, attributes })
  return entries
    .filter((entry) => normalDn(textOf(entry, 'monitorConnectionAuthzDN') ?? '') === normalDn(dn))
    .map((entry) => {
      const since = generalizedTime(textOf(entry, 'monitorConnectionStartTime'))
      const from = textOf(entry, 'monitorConnectionPeerAddress')?.replace(/^IP=/, '')
      return {
        id: textOf(entry, 'monitorConnectionNumber') ?? entry.dn,
        ...(from === undefined ? {} : { from }),
        ...(since === undefined ? {} : { since }),
        lastUsedAt: generalizedTime(textOf(entry, 'monitorConnectionActivityTime')) ?? since ?? '',
      }
    })
}

/** Whether the monitor is there and open to the connection: its own connection is always in it. */
export async function seesConnections(session: LdapSession, call: Call): Promise<boolean> {
  try {
    const attributes = ['monitorConnectionNumber']
    return (await search(session, call, { base: place, scope: 'one', attributes, limit: 1 })).length > 0
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === result.noSuchObject || code === result.insufficientAccessRights) return false
    throw thrown
  }
}
