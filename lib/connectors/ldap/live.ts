import { liveConnector } from '../live-connector'
import type { Call, RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import { type LdapSession, openLdap, readScene } from './account'
import { closeDirectory, explainDirectory, search } from './client'
import { ldapConfig } from './config'
import { identityHands } from './hands'
import { accountAttributes, idOf } from './map'
import { seesConnections } from './monitor'
import { unseenPasswordId } from './password-value'
import { passwordHands } from './passwords'
import { changes } from './read-changes'
import { readPage, rightsOver } from './read-page'
import { may, mayOver, maySeeAccounts } from './rights-words'

const source = 'https://www.openldap.org/software/man.cgi?query=slapo-ppolicy'
const openSessions = {
  goOn: true,
  says: 'Go on with the rights of the account, also after it was deleted, until the program or the server closes them: LDAP has no order to end them.',
}

const identityCard: SemanticsCard = {
  disable:
    'A lock (pwdAccountLockedTime) where a password policy with pwdLockout governs the account, else a mark on every password: no new login by password. A login by certificate or Kerberos is not ended by it.',
  delete: 'The entry and its passwords are gone. Groups go on naming it, unless the server keeps references in order.',
  openSessions,
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'All its passwords work again. If one leaked, delete it before enabling.' },
  twoSecrets: { can: true, says: 'An entry may have any number of passwords.' },
  undo: 'Disable: by enable. Delete: none; the entry must be made again, and is another one to everything that knew its entryUUID.',
  source,
}

const passwordCard: SemanticsCard = {
  disable: 'A mark before the kept value: no password fits it. The others of the account work on.',
  delete: 'The value is taken away and the password is refused; the others of the account work on.',
  openSessions: { goOn: true, says: 'Go on: a directory asks for a password only at login.' },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'A password that is enabled or brought back works as before.' },
  twoSecrets: {
    can: true,
    says: 'Old and new password work side by side until the old one is deleted, where the connection may see the kept values; else the new one replaces all.',
  },
  undo: 'By writing the former value back.',
  source,
}

const readOnly = `# Numbers and names as in your configuration.
dn: olcDatabase={1}mdb,cn=config
changetype: modify
add: olcAccess
olcAccess: {0}to attrs=userPassword by dn.exact="cn=bailiwick,dc=example,dc=org" none by * break
olcAccess: {1}to dn.subtree="dc=example,dc=org" by dn.exact="cn=bailiwick,dc=example,dc=org" read by * break
-
add: olcLimits
olcLimits: dn.exact="cn=bailiwick,dc=example,dc=org" size=unlimited size.prtotal=unlimited

dn: olcDatabase={2}monitor,cn=config
changetype: modify
add: olcAccess
olcAccess: {0}to * by dn.exact="cn=bailiwick,dc=example,dc=org" read by * break`

const acting = `# Numbers and names as in your configuration. Without the overlay ppolicy leave pwdAccountLockedTime out.
dn: olcDatabase={1}mdb,cn=config
changetype: modify
add: olcAccess
olcAccess: {0}to dn.subtree="ou=services,dc=example,dc=org" attrs=userPassword,pwdAccountLockedTime by dn.exact="cn=bailiwick,dc=example,dc=org" write by * break
olcAccess: {1}to dn.subtree="ou=services,dc=example,dc=org" attrs=entry,children by dn.exact="cn=bailiwick,dc=example,dc=org" write by * break
olcAccess: {2}to dn.subtree="ou=groups,dc=example,dc=org" attrs=member,uniqueMember by dn.exact="cn=bailiwick,dc=example,dc=org" write by * break
olcAccess: {3}to dn.subtree="dc=example,dc=org" by dn.exact="cn=bailiwick,dc=example,dc=org" read by * break
-
add: olcLimits
olcLimits: dn.exact="cn=bailiwick,dc=example,dc=org" size=unlimited size.prtotal=unlimited

dn: olcDatabase={2}monitor,cn=config
changetype: modify
add: olcAccess
olcAccess: {0}to * by dn.exact="cn=bailiwick,dc=example,dc=org" read by * break`

export const ldap = liveConnector({
  id: 'ldap',
  title: 'OpenLDAP',
  evidence: 'real',
  config: ldapConfig,
  instructions: [
    { title: 'Discover only', language: 'ldif', text: readOnly },
    { title: 'Discover, rotate and revoke', language: 'ldif', text: acting },
  ],
  requestsPerSecond: 500,
  hands: { identity: identityHands, password: passwordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  open: openLdap,
  close: closeDirectory,
  self: ({ own: { id } }) => [id, unseenPasswordId(id)],
  describeRights,
  readPage,
  changes,
  explain: explainDirectory,
})

/** What it may do is asked over a few accounts: a directory decides that for each entry of its own. */
async function describeRights(session: LdapSession, call: Call): Promise<RightsReport> {
  const scene = await readScene(session, call)
  const accounts = await search(session, call, {
    ...{ base: session.config.base, filter: session.config.accounts, attributes: accountAttributes, limit: 6 },
  })
  const others = accounts.filter((entry) => idOf(entry) !== session.own.id).slice(0, 5)
  const rights = []
  for (const entry of others) rights.push(await rightsOver(session, entry, scene, call))
  return {
    account: session.own.dn,
    product: `OpenLDAP ${session.version}`.trim(),
    statements: [
      maySeeAccounts(accounts),
      may('See which passwords there are', scene.readsPasswords, 'read on userPassword'),
      may('See who is connected', await seesConnections(session, call), 'read on cn=Monitor'),
      mayOver(
        'Rotate passwords',
        rights.map(({ rotate }) => rotate),
        'write on userPassword',
      ),
      mayOver(
        'Disable accounts',
        rights.map(({ revoke }) => revoke),
        'write on userPassword or pwdAccountLockedTime',
      ),
      { what: 'End open connections', allowed: false, missing: 'an order for it, which LDAP does not have' },
    ],
  }
}
