import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { certificateHands } from './certificate-hands'
import { closeSsh, explainSsh, openSsh, sshConfig } from './client'
import { accountHands, keyHands } from './hands'
import { makeKey } from './make-key'
import { accountId, keyId } from './map'
import { describeRights, readPage } from './read-page'
import { endSessionsScript } from './sessions'

const source = 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT'

const accountCard: SemanticsCard = {
  disable:
    'Every key of the account becomes a comment: no new login by one of them. Passwords, certificates and files that the connection does not read are not ended by it.',
  delete: 'Accounts are not deleted by this connection: remove them at the source.',
  openSessions: {
    goOn: true,
    says: 'Go on after disable, with all that was forwarded through them, until they are ended.',
  },
  residualSeconds: 0,
  refusedWithinSeconds: 1,
  enablingRevives: {
    does: true,
    says: 'The keys that were disabled with the account work again. If one leaked, delete it before enabling.',
  },
  twoSecrets: { can: true, says: 'An account may have any number of keys.' },
  undo: 'By enable. What ran in sessions that were ended is lost.',
  source,
}

const keyCard: SemanticsCard = {
  disable: 'The line becomes a comment: the key is refused at the next login. The same key in other accounts stays.',
  delete: 'The line is removed: the key is refused at the next login. The same key in other accounts stays.',
  openSessions: {
    goOn: true,
    says: 'Go on: sshd looks at keys only at login. Sessions are ended for the whole account.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'The same key works again, with the limits that its line had.' },
  twoSecrets: { can: true, says: 'Old and new key work side by side until the old one is removed.' },
  undo: 'By putting the line back as it was.',
  source,
}

const certificateCard: SemanticsCard = {
  disable: 'A certificate is not disabled but revoked: delete, which can be taken back.',
  delete:
    'Its serial goes into the list of revoked keys of this server, which refuses it at the next login. Other servers that trust the authority go on accepting it until they have the list.',
  openSessions: {
    goOn: true,
    says: 'Go on: sshd looks at certificates only at login. End the sessions of its accounts.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 1,
  enablingRevives: { does: true, says: 'Taken off the list it works again, until it expires.' },
  twoSecrets: { can: true, says: 'Any number of certificates may be valid for one key and one account.' },
  undo: 'By taking the serial off the list.',
  source: 'https://man.openbsd.org/ssh-keygen.1#KEY_REVOCATION_LISTS',
}

const readOnly = `# The private key stays with Bailiwick. Print the fingerprint that the connection asks for:
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
useradd --system --create-home bailiwick
# One line in ~bailiwick/.ssh/authorized_keys: files are read, nothing is run or changed.
restrict,command="internal-sftp -R" ssh-ed25519 AAAA… bailiwick
# Keys below homes are readable for their owners only. Either keep them in a folder that all may read:
#   sshd_config: AuthorizedKeysFile /etc/ssh/keys/%u
# or give this one right by sudo, and command="sudo -n /usr/lib/openssh/sftp-server -R" in the line above:
#   sudoers: bailiwick ALL=(root) NOPASSWD: /usr/lib/openssh/sftp-server -R`

const acting = `# A folder of keys that only this account changes, in the place of the files in homes.
useradd --system --create-home bailiwick
install -d -o bailiwick -m 755 /etc/ssh/keys /etc/ssh/revoked
ssh-keygen -k -f /etc/ssh/revoked/keys.krl && chown bailiwick /etc/ssh/revoked/keys.krl
# /etc/ssh/keys/bailiwick holds its own key; the others are moved there, one file for each account: chown bailiwick /etc/ssh/keys/*
restrict ssh-ed25519 AAAA… bailiwick
# sshd_config: of AuthorizedKeysFile sshd demands that root or the user owns it, of what a command prints it does not.
AuthorizedKeysFile none
AuthorizedKeysCommand /usr/bin/cat /etc/ssh/keys/%u
AuthorizedKeysCommandUser nobody
RevokedKeys /etc/ssh/revoked/keys.krl
# To end sessions: the script below, owned by root, mode 755, and a line for sudoers. “Files of keys” is /etc/ssh/keys/%u.
bailiwick ALL=(root) NOPASSWD: /usr/local/sbin/bailiwick-end-sessions ""`

export const ssh = liveConnector({
  id: 'ssh',
  title: 'SSH',
  evidence: 'real',
  config: sshConfig,
  instructions: [
    { title: 'Discover only', language: 'shell', text: readOnly },
    { title: 'Discover, rotate and revoke', language: 'shell', text: acting },
    { title: 'To end sessions: /usr/local/sbin/bailiwick-end-sessions', language: 'shell', text: endSessionsScript },
  ],
  requestsPerSecond: 200,
  hands: { identity: accountHands, ssh_key: keyHands, certificate: certificateHands },
  semantics: { identity: accountCard, ssh_key: keyCard, certificate: certificateCard },
  propose: () => makeKey(),
  open: openSsh,
  close: closeSsh,
  self: ({ config, ownKey }) => [accountId(config.user), keyId(config.user, ownKey.fingerprint)],
  describeRights,
  readPage,
  changes: {
    why: 'Files of keys are small and read as they are.',
  },
  explain: explainSsh,
})
