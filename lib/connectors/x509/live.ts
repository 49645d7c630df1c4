import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { openX509, x509Config } from './client'
import { certificateHands, holderHands } from './hands'
import { keeperScript } from './keeper-script'
import { describeRights, readPage, selfOf } from './read-page'
import { makeKey } from './request'

const source = 'https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1'

const later =
  'OCSP and a new list say so at once. A server that fetches lists goes on taking it until it has the new one: at the latest at the end of the list it holds, which the page of the authority names. A server that asks neither takes it until it expires.'

const certificateCard: SemanticsCard = {
  disable: `It is put on hold (certificateHold), which can be taken back. ${later}`,
  delete: `It is revoked for good, as superseded where another one is in force. ${later}`,
  openSessions: {
    goOn: true,
    says: 'Go on: TLS looks at certificates in the handshake only. Restart the server, or end them there. Resumed sessions may skip the check too.',
  },
  residualSeconds: null,
  refusedWithinSeconds: 5,
  enablingRevives: {
    does: true,
    says: 'Off hold the same certificate works again, as soon as servers have the next list. If its key leaked, revoke it for good.',
  },
  twoSecrets: {
    can: true,
    says: 'Any number of certificates may be in force for one subject, unless the authority forbids it (unique_subject = yes).',
  },
  undo: 'Hold: by enable. Revoked for good: none; a new certificate has to be issued.',
  source,
}

const holderCard: SemanticsCard = {
  ...certificateCard,
  disable: `Every certificate of the subject that is in force is put on hold. ${later}`,
  delete: 'A subject is not deleted: revoke its certificates for good.',
  enablingRevives: {
    does: true,
    says: 'All certificates of the subject that are on hold work again, also those that were put on hold alone.',
  },
  undo: 'By enable.',
}

const look = `# The folder of the authority, where this installation sees it and may only read it: a mount, or a copy that is kept fresh.
#   index.txt  newcerts/  crl.pem
# The authority's key is never needed: keep private/ out of it.
install -d -m 755 /srv/ca && chmod 700 /srv/ca/private
# What the installation opens is open to all of its organizations: who knows this key may use the folder.
(umask 027; openssl rand -hex 32 > /srv/ca/bailiwick.key; chgrp bailiwick /srv/ca/bailiwick.key; cat /srv/ca/bailiwick.key)
# Whoever runs Bailiwick opens the folder for connections:
LIVE_FOLDERS=/srv/ca
# Without a folder: name the servers that present certificates, and where OCSP or the list of revoked certificates is.`

const act = `# A folder for orders. Bailiwick writes orders and reads answers; the owner of the authority does the opposite.
# Here both are users of one machine: ca owns the authority, bailiwick runs this installation.
install -d -m 755 -o ca /srv/ca-orders
cp -p /srv/ca/bailiwick.key /srv/ca-orders/
install -d -m 2770 -o bailiwick -g ca /srv/ca-orders/orders
install -d -m 2750 -o ca -g bailiwick /srv/ca-orders/answers
# The script below as /usr/local/sbin/bailiwick-ca, mode 755, owned by root; it runs as ca when an order comes:
# /etc/systemd/system/bailiwick-ca.path
[Path]
PathExistsGlob=/srv/ca-orders/orders/*.order
[Install]
WantedBy=multi-user.target
# /etc/systemd/system/bailiwick-ca.service
[Service]
Type=oneshot
User=ca
ExecStart=/usr/local/sbin/bailiwick-ca /srv/ca /srv/ca/openssl.cnf /srv/ca-orders
# openssl.cnf: a second certificate for a subject needs unique_subject = no. Whoever runs Bailiwick opens both folders:
LIVE_FOLDERS=/srv/ca,/srv/ca-orders`

export const x509 = liveConnector({
  id: 'x509',
  title: 'X.509 certificates',
  evidence: 'real',
  config: x509Config,
  instructions: [
    { title: 'Discover only', language: 'shell', text: look },
    { title: 'Discover, issue and revoke', language: 'shell', text: act },
    { title: 'To carry out orders: /usr/local/sbin/bailiwick-ca', language: 'shell', text: keeperScript },
  ],
  requestsPerSecond: 50,
  hands: { identity: holderHands, certificate: certificateHands },
  semantics: { identity: holderCard, certificate: certificateCard },
  propose: () => makeKey(),
  open: openX509,
  close: async () => {},
  self: selfOf,
  describeRights,
  readPage,
  changes: {
    why: 'The index of the authority is a file, read as it is.',
  },
  explain: (error) => networkError(error),
})
