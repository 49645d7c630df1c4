/** What a column of a CSV can mean. Everything but `name` is optional; unmapped columns are not read. */
export const csvTargets = [
  'name',
  'externalId',
  'kind',
  'description',
  'environment',
  'status',
  'owner',
  'created',
  'lastUsed',
  'expires',
  'rotated',
  'credentialType',
  'credentialName',
  'system',
  'privilege',
  'scopes',
  'secret',
] as const
export type CsvTarget = (typeof csvTargets)[number]

/** Titles by which each target is recognised, best first; compared without case, spaces and punctuation. */
const titles: Record<CsvTarget, string[]> = {
  name: [
    'name',
    'identityname',
    'identity',
    'serviceaccount',
    'serviceaccountname',
    'accountname',
    'account',
    'displayname',
    'username',
    'principal',
    'principalname',
    'login',
    'loginname',
    'application',
    'applicationname',
    'appname',
    'app',
    'clientname',
    'client',
    'botname',
    'bot',
    'botlabel',
    'agentname',
    'agent',
    'user',
    'keyname',
    'tokenname',
    'title',
  ],
  externalId: [
    'externalid',
    'id',
    'uid',
    'uuid',
    'guid',
    'objectid',
    'identityid',
    'accountid',
    'principalid',
    'clientid',
    'appid',
    'userid',
    'arn',
    'sid',
  ],
  kind: ['kind', 'identitytype', 'identitykind', 'accounttype', 'principaltype', 'usertype', 'type'],
  description: ['description', 'purpose', 'whatitdoes', 'usedfor', 'comment', 'comments', 'notes', 'note'],
  environment: ['environment', 'env', 'stage', 'environmentname', 'runsin', 'deployedin', 'deployedto'],
  status: ['status', 'state', 'enabled', 'active', 'isactive', 'isenabled'],
  owner: [
    'owner',
    'owneremail',
    'ownername',
    'technicalowner',
    'businessowner',
    'team',
    'responsible',
    'contact',
    'contactperson',
    'ownedby',
    'owningteam',
    'managedby',
    'whoowns',
    'responsibleteam',
    'responsibleperson',
    'maintainer',
  ],
  created: [
    'created',
    'createdat',
    'creationdate',
    'creationtime',
    'createdate',
    'datecreated',
    'createdon',
    'createtime',
    'keycreated',
    'keycreatedat',
    'keycreatedon',
    'credentialcreated',
    'tokencreated',
    'issued',
    'issuedat',
  ],
  lastUsed: [
    'lastused',
    'lastusedat',
    'lastuseddate',
    'lastlogin',
    'lastloginat',
    'lastlogindate',
    'lastactivity',
    'lastseen',
    'lastsignin',
    'lastaccessed',
    'lastaccess',
    'lastuse',
    'lastusedon',
    'lastcall',
    'keylastused',
    'tokenlastused',
  ],
  expires: [
    'expires',
    'expiresat',
    'expiry',
    'expirydate',
    'expiration',
    'expirationdate',
    'expireson',
    'validuntil',
    'validto',
    'notafter',
    'keyexpires',
    'tokenexpires',
    'credentialexpires',
    'validtill',
    'enddate',
  ],
  rotated: [
    'rotated',
    'rotatedat',
    'lastrotated',
    'lastrotation',
    'passwordlastset',
    'passwordlastchanged',
    'lastchanged',
    'keyrotated',
    'rotatedon',
    'lastrotatedat',
  ],
  credentialType: [
    'credentialtype',
    'credential',
    'authtype',
    'authenticationtype',
    'authmethod',
    'authentication',
    'secrettype',
    'keytype',
  ],
  credentialName: ['credentialname', 'credentialid', 'keyid', 'accesskeyid', 'tokenid', 'secretname'],
  system: [
    'system',
    'targetsystem',
    'resource',
    'target',
    'platform',
    'database',
    'service',
    'applicationaccessed',
    'reaches',
    'talksto',
    'connectsto',
    'accessto',
  ],
  privilege: ['privilege', 'privileges', 'accesslevel', 'access', 'permissionlevel', 'role', 'permission'],
  scopes: ['scopes', 'scope', 'permissions', 'roles', 'grants', 'entitlements'],
  // Never guessed: a person has to say that a column holds secrets (they are fingerprinted and dropped).
  secret: [],
}

const bare = (title: string) => title.toLowerCase().replace(/[^\p{Letter}\p{Number}]+/gu, '')

/** A proposal for the mapping step: target to column title. Each column is used once; the best title wins. */
export function guessColumns(header: string[]): Record<string, string> {
  const guessed: Record<string, string> = {}
  const free = new Map(header.map((title) => [title, bare(title)]))
  const taken = (target: CsvTarget, column: string) => {
    guessed[target] = column
    free.delete(column)
  }
  for (const target of csvTargets) {
    for (const title of titles[target]) {
      const column = [...free].find(([, name]) => name === title)?.[0]
      if (column === undefined) continue
      taken(target, column)
      break
    }
  }
  return guessed
}

/** A mapping as the user sent it, reduced to known targets and columns that exist. */
export function checkColumns(columns: Record<string, string>, header: string[]): Partial<Record<CsvTarget, string>> {
  const checked: Partial<Record<CsvTarget, string>> = {}
  for (const target of csvTargets) {
    const column = Object.hasOwn(columns, target) ? columns[target] : undefined
    if (column !== undefined && header.includes(column)) checked[target] = column
  }
  return checked
}
