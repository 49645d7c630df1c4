import { liveConnector } from '../live-connector'
import type { RightsReport, SemanticsCard } from '../live-contract'
import { makeSecret } from '../secret'
import { closeMariadb, explainMariadb, mariadbConfig, type OwnRights, openMariadb, readOwn } from './client'
import { identityHands, passwordHands } from './hands'
import { readPage } from './read-page'

const source = 'https://mariadb.com/kb/en/alter-user/'

const identityCard: SemanticsCard = {
  disable: 'ACCOUNT LOCK: no new login by any of its passwords or plugins.',
  delete: 'DROP USER: the account and its grants are gone; connections that are open work on with the rights they had.',
  openSessions: { goOn: true, says: 'Go on after the lock and after DROP USER, until they are ended (KILL).' },
  residualSeconds: 0,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'All its passwords work again. If one leaked, delete it before enabling.' },
  twoSecrets: { can: true, says: 'An account may log in in several ways, two passwords among them.' },
  undo: 'Disable: by enable. Delete: none; the account must be made again and granted everything anew.',
  source,
}

const passwordCard: SemanticsCard = {
  disable: 'A single password cannot be disabled: delete it, which can be taken back.',
  delete: 'The password is refused at once; the others of the account work on.',
  openSessions: { goOn: true, says: 'Go on: MariaDB asks for a password only at login.' },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'A password that is brought back works as before.' },
  twoSecrets: { can: true, says: 'Old and new password work side by side until the old one is deleted.' },
  undo: 'By writing the former hash back.',
  source,
}

const readOnly = `CREATE USER bailiwick@'%' IDENTIFIED BY '…';
GRANT SELECT ON mysql.* TO bailiwick@'%';
GRANT PROCESS ON *.* TO bailiwick@'%';`
const acting = `${readOnly}
GRANT CREATE USER, CONNECTION ADMIN ON *.* TO bailiwick@'%';
-- for each database in which it shall grant:
GRANT SELECT ON shop.* TO bailiwick@'%' WITH GRANT OPTION;`

export const mariadb = liveConnector({
  id: 'mariadb',
  title: 'MariaDB',
  evidence: 'real',
  config: mariadbConfig,
  instructions: [
    { title: 'Discover only', language: 'sql', text: readOnly },
    { title: 'Discover, rotate, revoke and grant', language: 'sql', text: acting },
  ],
  requestsPerSecond: 200,
  hands: { identity: identityHands, password: passwordHands },
  semantics: { identity: identityCard, password: passwordCard },
  propose: () => makeSecret(),
  open: openMariadb,
  close: closeMariadb,
  self: ({ own: { account } }) => [`user:${account}`],
  describeRights: async (session, call) => {
    session.own = await readOwn(session.connection, call)
    return report(session.own)
  },
  readPage,
  changes: {
    why: 'The server keeps no time of change of a grant, and of an account only that of its password.',
    source: 'https://mariadb.com/kb/en/mysql-global_priv-table/',
  },
  explain: explainMariadb,
})

function report({ account, version, privileges, readsAccounts }: OwnRights): RightsReport {
  const may = (what: string, words: string[], isThere = words.every((word) => privileges.includes(word))) =>
    isThere ? { what, allowed: true } : { what, allowed: false, missing: `GRANT ${words.join(', ')} ON *.*` }
  return {
    account,
    product: `MariaDB ${version.replace(/-MariaDB.*$/, '')}`,
    statements: [
      readsAccounts
        ? { what: 'See accounts, roles and grants', allowed: true }
        : { what: 'See accounts, roles and grants', allowed: false, missing: 'GRANT SELECT ON mysql.*' },
      may('See who is connected', ['PROCESS']),
      may('Rotate passwords, lock and delete accounts', ['CREATE USER']),
      may('End open connections', ['CONNECTION ADMIN', 'PROCESS']),
      privileges.includes('GRANT OPTION')
        ? { what: 'Grant on every database', allowed: true }
        : { what: 'Grant', allowed: 'unknown', missing: 'GRANT … ON … WITH GRANT OPTION, for what it shall grant' },
    ],
  }
}
