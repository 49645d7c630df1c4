import { type FakeGoogle, type Fields, GoogleFault, type Policy } from './gcp-cloud'

/** IAM and the Resource Manager, as far as they are asked here. */

export interface GoogleQuestion {
  method: string
  url: URL
  token: string
  body: Fields
}

/** Entries in one answer, at most. */
const inPage = 3

export function askGoogle(google: FakeGoogle, { method, url, token, body }: GoogleQuestion): unknown {
  const caller = google.caller(token)
  const [path = '', verb = ''] = decodeURIComponent(url.pathname).slice(1).split(':')
  const parts = path.split('/')
  const project = parts[1] === 'projects' ? (parts[2] ?? '') : ''
  const demand = (permission: string) => {
    if (google.permissionsOf(caller, project).has(permission)) return
    throw new GoogleFault(
      403,
      'PERMISSION_DENIED',
      `Permission '${permission}' denied on resource (or it may not exist).`,
    )
  }
  const page = (name: string, entries: Fields[]) => {
    const from = Number(url.searchParams.get('pageToken') ?? 0)
    const next = entries.length > from + inPage ? { nextPageToken: String(from + inPage) } : {}
    const told = entries.slice(from, from + inPage)
    return { ...(told.length === 0 ? {} : { [name]: told }), ...next }
  }
  if (verb === 'testIamPermissions') {
    const asked = (body.permissions ?? []) as string[]
    const held = google.permissionsOf(caller, project)
    return { permissions: asked.filter((permission) => held.has(permission)) }
  }
  if (parts[0] === 'v3') {
    const place = `${parts[1]}/${parts[2]}`
    const policy = google.policies.get(place)
    if (method === 'GET' && verb === '') {
      demand('resourcemanager.projects.get')
      return { name: 'projects/624133384705', projectId: project, state: 'ACTIVE', displayName: project }
    }
    if (policy === undefined) throw new GoogleFault(403, 'PERMISSION_DENIED', 'The caller does not have permission')
    demand(`resourcemanager.projects.${verb}`)
    return verb === 'getIamPolicy' ? policy : google.setPolicy(place, body.policy as Policy)
  }
  if (parts[3] === 'roles') {
    demand('iam.roles.list')
    return page(
      'roles',
      [...google.roles.values()].map(({ fields }) => fields),
    )
  }
  if (parts.length === 4 && method === 'GET') {
    demand('iam.serviceAccounts.list')
    const own = [...google.accounts.values()].filter((account) => account.project === project)
    return page('accounts', own.map(google.told))
  }
  if (verb === 'undelete') {
    demand('iam.serviceAccounts.undelete')
    return { restoredAccount: google.told(google.restore(parts[4] ?? '')) }
  }
  return parts[5] === 'keys' ? askKeys() : askAccount()

  function askAccount() {
    const permission = { GET: 'get', DELETE: 'delete' }[method] ?? verb
    demand(`iam.serviceAccounts.${permission}`)
    const account = google.account(project, parts[4] ?? '')
    if (method === 'GET') return google.told(account)
    if (verb === 'getIamPolicy') return google.accountPolicies.get(account.email) ?? { etag: 'ACAB' }
    if (method === 'DELETE') google.remove(account)
    else google.setEnabled(account, verb === 'enable')
    return {}
  }

  function askKeys() {
    const id = parts[6]
    const permission =
      id === undefined ? { GET: 'list', POST: 'create' }[method] : ({ GET: 'get', DELETE: 'delete' }[method] ?? verb)
    demand(`iam.serviceAccountKeys.${permission}`)
    const account = google.account(project, parts[4] ?? '')
    if (id === undefined && method === 'POST') return google.makeKey(account)
    const told = ({ fields, isDisabled }: { fields: Fields; isDisabled: boolean }) =>
      isDisabled ? { ...fields, disabled: true } : fields
    if (id === undefined) {
      const wanted = url.searchParams.get('keyTypes')
      return {
        keys: google
          .keysOf(account)
          .map(told)
          .filter(({ keyType }) => wanted === null || keyType === wanted),
      }
    }
    const key = google.key(account, id)
    if (method === 'GET') return told(key)
    if (method === 'DELETE') google.removeKey(key)
    else google.setEnabled(key, verb === 'enable')
    return {}
  }
}
