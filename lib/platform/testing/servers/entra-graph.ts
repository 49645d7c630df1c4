import { randomBytes } from 'node:crypto'
import { type Assignment, EntraFault, type FakeDirectory, type Fields, type Kind, type Thing } from './entra-directory'

/** Microsoft Graph, as far as it is asked here: who may ask what is what its documentation names for each. */

const writing = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const reading = ['Application.Read.All', 'Directory.Read.All', ...writing]
/** Lists in this many entries for each page. */
const inPage = 4

interface Asked {
  directory: FakeDirectory
  caller: { appId: string; principal: string; roles: string[] }
  method: string
  url: URL
  /** `http://127.0.0.1:3000`, for the address of the next page. */
  origin: string
  body: Fields
}

function demand({ caller }: Asked, anyOf: string[], owned?: Thing): void {
  if (caller.roles.some((role) => anyOf.includes(role))) return
  const isOwner = (owned?.owners as Fields[] | undefined)?.some(({ id }) => id === caller.principal)
  if (isOwner && caller.roles.includes('Application.ReadWrite.OwnedBy')) return
  throw new EntraFault(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
}

function selected(entry: Fields, { url }: Asked): Fields {
  const names = url.searchParams.get('$select')?.split(',')
  const expanded = /^(\w+)/.exec(url.searchParams.get('$expand') ?? '')?.[1]
  // Certificates come only when they are asked for.
  if (names === undefined) return { ...entry, keyCredentials: undefined, owners: undefined }
  return Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name) || name === expanded))
}

function page(entries: Fields[], asked: Asked): Fields {
  const { url, origin } = asked
  const from = Number(url.searchParams.get('$skiptoken') ?? 0)
  const next = new URLSearchParams(url.search)
  next.set('$skiptoken', String(from + inPage))
  return {
    '@odata.context': `${origin}/v1.0/$metadata#things`,
    ...(entries.length > from + inPage ? { '@odata.nextLink': `${origin}${url.pathname}?${next}` } : {}),
    value: entries.slice(from, from + inPage).map((entry) => selected(entry, asked)),
  }
}

/**
 * What changed since a place in the history (delta query): only the ids and what differs of those that changed, and those that are
 * removed. Owners and trust in other issuers are no properties, so that a change of them alone is not told.
 */
function askDelta(asked: Asked, kind: Kind): { status: number; body: unknown } {
  const { directory, url, origin } = asked
  demand(asked, [...reading, 'Application.ReadWrite.OwnedBy'])
  const place = url.searchParams.get('$deltatoken') ?? ''
  const statesNow = () =>
    new Map([...directory[kind].values()].map(({ owners, ...entry }) => [entry.id, JSON.stringify(entry)]))
  const listed = (token: string, at: string, value: Fields[] = []) => ({
    ...{ '@odata.context': `${origin}/v1.0/$metadata#${kind}`, value },
    [`@odata.${at}`]: `${origin}${url.pathname}?$${at === 'deltaLink' ? 'delta' : 'skip'}token=${token}`,
  })
  const skip = url.searchParams.get('$skiptoken')
  if (place === 'latest') return { status: 200, body: listed(directory.keep(statesNow()), 'deltaLink') }
  if (skip === null) {
    const before = directory.kept(place)
    const now = statesNow()
    const changed = [...now].flatMap(([id, state]) => (before.get(id) === state ? [] : [{ id, displayName: 'x' }]))
    const removed = [...before.keys()].flatMap((id) => (now.has(id) ? [] : [{ id, '@removed': { reason: 'changed' } }]))
    // What is there twice is allowed: changes may be told again.
    const told = [...changed, ...removed, ...changed.slice(0, 1)]
    const token = directory.keepPages(told, directory.keep(now))
    return { status: 200, body: listed(token, 'nextLink') }
  }
  const { value, next, end } = directory.nextPage(skip, inPage)
  return { status: 200, body: next === undefined ? listed(end, 'deltaLink', value) : listed(next, 'nextLink', value) }
}

/** @throws EntraFault */
export function askGraph(asked: Asked): { status: number; body?: unknown } {
  const { url, directory, method } = asked
  const [, noun = '', key, rest = ''] =
    /^\/v1\.0\/(\w+)(?:\((appId='[^']+')\)|\/([^/]+))?(?:\/(.+))?$/
      .exec(url.pathname)
      ?.map((part, i, all) => (i === 2 ? (part ?? all[3])?.replaceAll("'", '') : i === 3 ? all[4] : part)) ?? []
  if (noun === 'applications' || noun === 'servicePrincipals') return askThings(asked, noun, key, rest)
  if (noun === 'oauth2PermissionGrants' && method === 'GET') {
    demand(asked, ['DelegatedPermissionGrant.Read.All', 'Directory.Read.All'])
    return { status: 200, body: page(directory.grants, asked) }
  }
  if (noun === 'roleManagement' && method === 'GET') {
    demand(asked, ['RoleManagement.Read.Directory', 'Directory.Read.All'])
    return { status: 200, body: page(rest === 'roleAssignments' ? directory.directoryRoles : [], asked) }
  }
  const [, item] = /^\/v1\.0\/directory\/deletedItems\/([^/]+)\/restore$/.exec(url.pathname) ?? []
  if (item !== undefined && method === 'POST') {
    demand(asked, writing, directory.deleted.get(item)?.thing)
    return { status: 200, body: directory.restore(item) }
  }
  throw new EntraFault(400, 'BadRequest', `Resource not found for the segment '${noun}'.`)
}

function askThings(
  asked: Asked,
  kind: Kind,
  key: string | undefined,
  rest: string,
): { status: number; body?: unknown } {
  const { directory, method, caller, body } = asked
  if (key === 'delta' && method === 'GET') return askDelta(asked, kind)
  if (key === undefined) {
    demand(asked, [...reading, 'Application.ReadWrite.OwnedBy'])
    return { status: 200, body: page([...directory[kind].values()], asked) }
  }
  const thing = (() => {
    // Whether something is there is told only to who may know.
    try {
      return directory.find(kind, key)
    } catch (error) {
      demand(asked, [...reading, 'Application.ReadWrite.OwnedBy'])
      throw error
    }
  })()
  if (method === 'GET' && rest === '') {
    if (thing.appId !== caller.appId) demand(asked, [...reading, 'Application.ReadWrite.OwnedBy'])
    return { status: 200, body: selected(thing, asked) }
  }
  const isRole = /^appRoleAssign/.test(rest)
  const owned = isRole || method === 'GET' ? undefined : ownerOf(asked, kind, thing)
  if (method === 'GET') demand(asked, [...reading, 'Application.ReadWrite.OwnedBy'])
  else demand(asked, isRole ? ['AppRoleAssignment.ReadWrite.All'] : writing, owned)
  if (method === 'GET' && rest === 'federatedIdentityCredentials')
    return { status: 200, body: page(directory.federated.get(thing.id) ?? [], asked) }
  if (isRole) return askRoles(asked, thing, rest)
  if (method === 'POST' && rest === 'addPassword')
    return { status: 200, body: directory.addPassword(thing, body.passwordCredential as Fields) }
  if (method === 'POST' && rest === 'removePassword') {
    directory.removePassword(thing, String(body.keyId))
    return { status: 204 }
  }
  if (method === 'PATCH' && rest === '' && kind === 'servicePrincipals' && typeof body.accountEnabled === 'boolean') {
    directory.setEnabled(thing, body.accountEnabled)
    return { status: 204 }
  }
  if (method !== 'DELETE' || rest !== '') throw new EntraFault(400, 'BadRequest', `${method} is not known here.`)
  directory.remove(kind, thing)
  return { status: 204 }
}

/** Who owns an application here owns its service principal. */
function ownerOf({ directory }: Asked, kind: Kind, thing: Thing): Thing {
  return kind === 'applications' ? thing : directory.find('applications', `appId=${thing.appId}`)
}

function askRoles({ directory, method, body, url, ...asked }: Asked, thing: Thing, rest: string) {
  const [list, item] = rest.split('/')
  const isMine = (each: Assignment) => each[list === 'appRoleAssignedTo' ? 'resourceId' : 'principalId'] === thing.id
  if (method === 'GET')
    return { status: 200, body: page(directory.assignments.filter(isMine), { directory, method, body, url, ...asked }) }
  if (method === 'DELETE') {
    const at = directory.assignments.findIndex((each) => isMine(each) && each.id === decodeURIComponent(item ?? ''))
    if (at < 0) throw new EntraFault(404, 'Request_ResourceNotFound', 'Resource does not exist.')
    directory.assignments.splice(at, 1)
    return { status: 204 }
  }
  const { principalId, resourceId, appRoleId } = body as unknown as Assignment
  const isThere = directory.assignments.some(
    (each) => each.principalId === principalId && each.resourceId === resourceId && each.appRoleId === appRoleId,
  )
  if (isThere) throw new EntraFault(400, 'Request_BadRequest', 'Permission being assigned already exists on the object')
  const made: Assignment = {
    ...{ id: randomBytes(32).toString('base64url'), principalId, resourceId, appRoleId },
    ...{ principalType: 'ServicePrincipal', principalDisplayName: thing.displayName },
    resourceDisplayName: directory.find('servicePrincipals', resourceId).displayName,
  }
  directory.assignments.push(made)
  return { status: 201, body: made }
}
