import { liveConnector } from '../live-connector'
import type { Call, RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import { closeDirectory, DescriptorParts, explainDirectory, search } from './client'
import { activeDirectoryConfig } from './config'
import { type DomainSession, openDomain, readDomainPage } from './domain'
import { changes } from './domain-changes'
import { isKeyDistributor, sidOf } from './domain-entry'
import { domainIdentityHands, domainPasswordHands } from './domain-hands'
import { domainAccountAttributes, domainBytes, domainRightsOf, passwordIdOf } from './domain-map'
import { mayOver, maySeeAccounts } from './rights-words'

const identityCard: SemanticsCard = {
  disable: 'The bit 2 of userAccountControl is set: no new login by password, no new Kerberos ticket.',
  delete: 'The account is gone, with its identifier: one of the same name is another account.',
  openSessions: {
    goOn: true,
    says: 'Go on: connections that are open, and Kerberos tickets for services until they end (10 hours as a rule). Nothing ends them from here.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: {
    does: true,
    says: 'The same password works again. If it leaked, issue a new one and wait an hour before enabling.',
  },
  twoSecrets: { can: false, says: 'An account has one password. For no gap at all, use two accounts in turn.' },
  undo: 'Disable: by enable. Delete: none from here; a domain with the recycle bin keeps what was deleted for a time.',
  source:
    'https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties',
}

const passwordCard: SemanticsCard = {
  disable: 'A password cannot be disabled: disable the account.',
  delete: 'A password cannot be deleted: disable the account.',
  openSessions: { goOn: true, says: 'Go on: a domain asks for a password only at login and for a new ticket.' },
  residualSeconds: null,
  refusedWithinSeconds: 3600,
  enablingRevives: { does: true, says: 'The same password works again when the account is enabled.' },
  twoSecrets: {
    can: false,
    says: 'The new password replaces the old one. By LDAP and NTLM the old one is let in for 60 more minutes, by Kerberos it is refused at once.',
  },
  undo: 'None: Active Directory gives no password back. Issue another one.',
  source:
    'https://learn.microsoft.com/en-us/troubleshoot/windows-server/windows-security/new-setting-modifies-ntlm-network-authentication',
}

const readOnly = `# Any account of the domain may read accounts, groups and access lists.
New-ADUser bailiwick -AccountPassword (Read-Host -AsSecureString) -Enabled $true`
const acting = `${readOnly}
# For the unit whose accounts shall be rotated and revoked:
dsacls "OU=Services,DC=example,DC=org" /I:S /G "EXAMPLE\\bailiwick:CA;Reset Password;user"
dsacls "OU=Services,DC=example,DC=org" /I:S /G "EXAMPLE\\bailiwick:RPWP;userAccountControl;user"
dsacls "OU=Services,DC=example,DC=org" /I:S /G "EXAMPLE\\bailiwick:SD;;user"
# For the unit whose groups shall be granted:
dsacls "OU=Groups,DC=example,DC=org" /I:S /G "EXAMPLE\\bailiwick:RPWP;member;group"`

export const activeDirectory = liveConnector({
  id: 'active-directory',
  title: 'Active Directory',
  evidence: 'real',
  config: activeDirectoryConfig,
  instructions: [
    { title: 'Discover only', language: 'shell', text: readOnly },
    { title: 'Discover, rotate and revoke', language: 'shell', text: acting },
  ],
  requestsPerSecond: 200,
  hands: { identity: domainIdentityHands, password: domainPasswordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  open: openDomain,
  close: closeDirectory,
  self: ({ own: { sid } }) => [sid, passwordIdOf(sid)],
  describeRights,
  readPage: readDomainPage,
  changes,
  explain: explainDirectory,
})

async function describeRights(session: DomainSession, call: Call): Promise<RightsReport> {
  const { config, own } = session
  const accounts = await search(session, call, {
    ...{ base: config.base, filter: config.accounts, attributes: domainAccountAttributes, limit: 20 },
    ...{ bytes: domainBytes, control: new DescriptorParts() },
  })
  const rights = domainRightsOf(
    accounts.filter((entry) => sidOf(entry) !== own.sid && !isKeyDistributor(sidOf(entry) ?? '')),
    own,
  )
  return {
    account: own.dn,
    product: `Active Directory ${session.domain}, controller ${session.controller}`,
    statements: [
      maySeeAccounts(accounts),
      mayOver(
        'Rotate passwords',
        rights.map(({ rotate }) => rotate),
        'Reset Password on the accounts, and TLS',
      ),
      mayOver(
        'Disable accounts',
        rights.map(({ revoke }) => revoke),
        'write on userAccountControl',
      ),
      {
        what: 'End open connections and tickets',
        allowed: false,
        missing: 'an order for it, which no domain controller has',
      },
    ],
  }
}
