import { liveConnector } from '../live-connector'
import type { RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import {
  closePostgres,
  explainPostgres,
  type FoundDatabase,
  type OwnRights,
  openPostgres,
  postgresConfig,
  readDatabaseNames,
  readOwn,
} from './client'
import { identityHands, passwordHands } from './hands'
import { readPage } from './read-page'
import { postgresRehearsal } from './rehearsal'

const source = 'https://www.postgresql.org/docs/current/sql-alterrole.html'

const identityCard: SemanticsCard = {
  disable: 'NOLOGIN: no new login by any method. A connection limit of 0 is left as the mark of a disabled account.',
  delete: 'DROP ROLE: refused while the role owns or is granted anything; what that is is listed first.',
  openSessions: {
    goOn: true,
    says: 'Go on after disable and after a new password, until they are ended (pg_terminate_backend).',
  },
  residualSeconds: 0,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'The same password works again. If it leaked, rotate before enabling.' },
  twoSecrets: { can: false, says: 'A role has one password. For no gap at all, use two roles in turn.' },
  undo: 'Disable: by enable. Delete: none; the role must be made again and granted everything anew.',
  source,
}

const passwordCard: SemanticsCard = {
  disable: 'VALID UNTIL in the past: the password is refused. Certificates, peer, LDAP and Kerberos logins are not.',
  delete: 'PASSWORD NULL: no password fits any more.',
  openSessions: { goOn: true, says: 'Go on after a new password: PostgreSQL checks a password only at login.' },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'The same password works again.' },
  twoSecrets: {
    can: false,
    says: 'The new password replaces the old one at once: everything that holds the old one must change within a window.',
  },
  undo: 'Rotate and delete: by writing the former verifier back, which needs a superuser. Otherwise none.',
  source,
}

const readOnly = `CREATE ROLE bailiwick LOGIN PASSWORD '…';
GRANT pg_monitor TO bailiwick;
-- for each database whose grants shall be seen:
GRANT CONNECT ON DATABASE app TO bailiwick;`

const acting = `CREATE ROLE bailiwick LOGIN CREATEROLE PASSWORD '…';
GRANT pg_monitor, pg_signal_backend TO bailiwick;
-- PostgreSQL 16 and newer, for each role that shall be rotated or revoked:
GRANT app TO bailiwick WITH ADMIN OPTION, INHERIT FALSE, SET FALSE;`

export const postgresql = liveConnector({
  id: 'postgresql',
  title: 'PostgreSQL',
  evidence: 'real',
  config: postgresConfig,
  instructions: [
    { title: 'Discover only', language: 'sql', text: readOnly },
    { title: 'Discover, rotate and revoke', language: 'sql', text: acting },
  ],
  requestsPerSecond: 200,
  hands: { identity: identityHands, password: passwordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  rehearsal: postgresRehearsal,
  open: openPostgres,
  close: closePostgres,
  self: ({ own }) => [`role:${own.role}`, `role:${own.role}#password`],
  describeRights: async (session, call) => {
    session.own = await readOwn(session.client, call)
    return report(session.own, await readDatabaseNames(session, call))
  },
  readPage,
  changes: {
    why: 'PostgreSQL keeps no time of change of a role or a grant.',
    source: 'https://www.postgresql.org/docs/current/catalog-pg-authid.html',
  },
  explain: explainPostgres,
})

function report(own: OwnRights, databases: FoundDatabase[]): RightsReport {
  const product = `PostgreSQL ${Math.floor(own.version / 10_000)}.${own.version % 10_000}`
  const may = (what: string, allowed: boolean | 'unknown', missing: string) =>
    allowed === true ? { what, allowed } : { what, allowed, missing }
  return {
    account: own.role,
    product,
    statements: [
      may('See roles, memberships and who may use which database', true, ''),
      ...grantsIn(databases),
      may('See who is connected, from where and since when', own.seesSessions, 'GRANT pg_monitor'),
      may('See whether a role has a password, and of what kind', own.readsVerifiers, 'a superuser'),
      may(
        'Rotate passwords, disable and delete roles',
        own.isSuperuser || !own.mayCreateRoles || own.version < 160_000 ? own.mayCreateRoles : 'unknown',
        own.mayCreateRoles ? 'ADMIN OPTION on each role (shown with the role)' : 'CREATEROLE',
      ),
      may('End open sessions', own.mayEndSessions, 'GRANT pg_signal_backend'),
      may('Bring a former password back', own.readsVerifiers, 'a superuser'),
    ],
  }
}

/** Which databases it looks into, and which of those that it shall look into are closed to it. */
function grantsIn(databases: FoundDatabase[]): RightsReport['statements'] {
  const wanted = databases.filter(({ isWanted }) => isWanted)
  const names = (isOpen: boolean) => wanted.filter((each) => each.isOpen === isOpen).map(({ name }) => name)
  const [open, closed] = [names(true), names(false)]
  return [
    ...(open.length > 0 ? [{ what: `See what is granted inside ${listed(open)}`, allowed: true }] : []),
    ...(closed.length > 0
      ? [{ what: `See what is granted inside ${listed(closed)}`, allowed: false, missing: 'GRANT CONNECT ON DATABASE' }]
      : []),
  ]
}

const listed = (names: string[]) =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
