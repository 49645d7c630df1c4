/** More words by which the palette finds a place, by its address. They come with the palette: a first load needs none of them. */
export const placeWords: Readonly<Record<string, string>> = {
  '/': 'home dashboard counts',
  '/inventory': 'identities credentials service accounts keys list',
  '/resources': 'buckets databases secrets sensitivity restricted who can reach',
  '/explore': 'paths access graph attack crown jewels choke points reach blast radius',
  '/runs': 'rotation revocation restore orders approval second person timeline drills rehearse coverage',
  '/runs/due': 'overdue board age soon',
  '/runs/policies': 'interval window schedule automatic maximum age versions',
  '/emergency': 'emergency incident leak cut off whose key secret',
  '/reviews': 'campaigns access certification attestation quarterly recertify evidence report',
  '/to-review': 'inbox waiting for me decide certify revoke sign off',
  '/mine': 'mine owner attest transfer not mine take over tasks',
  '/grants':
    'requests approvals role grants ask request temporary elevate just in time approve inbox mine release expire',
  '/grants/standing': 'standing privilege permanent forever no expiry without end replace by a grant',
  '/incidents': 'incident mode declare severity commander banner outage breach what is wrong',
  '/break-glass': 'emergency access without approval firefighter now urgent drill review overdue',
  '/connections': 'live systems sources sync connect database postgresql schedule run now',
  '/import': 'upload files sources history',
  '/policies': 'rules versions publish roll back shadow replay test editor cerbos',
  '/decisions': 'runtime access allowed denied why explain policy authzen',
  '/audit': 'trail events log chain verify',
  '/settings':
    'members teams sign-in api keys organization sensitivity rules decision point oauth clients certificates signals caep events streams',
  '/notifications': 'bell inbox unread told e-mail',
  '/explore/crown-jewels': 'worth most mark timeline who reaches',
  '/explore/choke-points': 'cut effect edges most lower total',
}
