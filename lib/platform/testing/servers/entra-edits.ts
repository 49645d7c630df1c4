import { randomUUID } from 'node:crypto'
import type { FakeDirectory, Thing } from './entra-directory'
import type { Choose, RunningSystem } from './running-system'

/** What an administrator of a tenant changes there; never what a connection signs in as. */
export function entraEdits(
  directory: FakeDirectory,
  { graph, api, keeps }: { graph: Thing; api: Thing; keeps: string[] },
): NonNullable<RunningSystem['edits']> {
  const kept = new Set([...keeps, graph.id, api.id])
  const principals = () => [...directory.servicePrincipals.values()].filter(({ id }) => !kept.has(id))
  const own = new Set([...kept].map((id) => directory.servicePrincipals.get(id)?.appId))
  const applications = () => [...directory.applications.values()].filter(({ appId }) => !own.has(appId))
  const one = <T>(things: T[], choose: Choose): T | undefined => things[choose(things.length)]
  const on =
    <T>(things: () => T[], change: (thing: T, choose: Choose) => void) =>
    async (choose: Choose) => {
      const thing = one(things(), choose)
      if (thing !== undefined) change(thing, choose)
      return thing !== undefined
    }
  const assign = (principal: Thing, resource: Thing, choose: Choose) => {
    const role = one(resource.appRoles, choose)
    const isThere = directory.assignments.some(
      (each) => each.principalId === principal.id && each.appRoleId === role?.id && each.resourceId === resource.id,
    )
    if (role === undefined || isThere) return
    directory.assignments.push({
      ...{ id: randomUUID(), principalId: principal.id, resourceId: resource.id, appRoleId: role.id },
      ...{ principalType: 'ServicePrincipal', principalDisplayName: principal.displayName },
      resourceDisplayName: resource.displayName,
    })
  }
  let no = 0
  return {
    'a new application': async (choose) => {
      const name = `edited-${++no}`
      const application = directory.addApplication(name, { owners: [{ id: randomUUID(), displayName: 'Ada' }] })
      if (choose(4) > 0) directory.addPrincipal(application.appId, name)
      for (let left = choose(3); left > 0; left--) directory.addPassword(application, {}, undefined, 0)
      if (choose(2) === 0)
        directory.federated.set(application.id, [
          { id: randomUUID(), name: 'ci', issuer: 'https://ci.example', subject: `repo:${name}`, audiences: ['x'] },
        ])
      return true
    },
    'an identity of a machine': async () => {
      const more = { servicePrincipalType: 'ManagedIdentity', alternativeNames: ['isExplicit=False'] }
      directory.addPrincipal(randomUUID(), `machine-${++no}`, more)
      return true
    },
    'another name': on(applications, (thing) => {
      thing.displayName = `renamed-${++no}`
    }),
    'another name of a principal': on(principals, (thing) => {
      thing.displayName = `renamed-${++no}`
    }),
    'one more secret': on(applications, (thing) => {
      directory.addPassword(thing, { displayName: `more-${++no}` }, undefined, 0)
    }),
    'one secret less': on(
      () => applications().filter((thing) => thing.passwordCredentials.length > 0),
      (thing, choose) => {
        thing.passwordCredentials.splice(choose(thing.passwordCredentials.length), 1)
      },
    ),
    'off or on': on(principals, (thing) => directory.setEnabled(thing, thing.accountEnabled === false)),
    'an application deleted': on(applications, (thing) => directory.remove('applications', thing)),
    'a principal deleted': on(principals, (thing) => directory.remove('servicePrincipals', thing)),
    'brought back': on(
      () => [...directory.deleted.keys()],
      (id) => {
        directory.restore(id)
      },
    ),
    'a permission given': on(principals, (thing, choose) => assign(thing, choose(3) === 0 ? api : graph, choose)),
    'a permission taken': on(
      () => directory.assignments.filter(({ principalId }) => !kept.has(principalId)),
      (assignment) => {
        directory.assignments.splice(directory.assignments.indexOf(assignment), 1)
      },
    ),
    'a consent': on(principals, (thing) => {
      const facts = { id: randomUUID(), clientId: thing.id, consentType: 'AllPrincipals', resourceId: graph.id }
      directory.grants.push({ ...facts, scope: 'User.Read Mail.Send' })
    }),
    'a consent taken back': async (choose) =>
      directory.grants.splice(choose(directory.grants.length + 1), 1).length > 0,
    'a role in the directory': on(principals, (thing) => {
      directory.directoryRoles.push({
        ...{ id: randomUUID(), principalId: thing.id, directoryScopeId: '/' },
        roleDefinitionId: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
        principal: { '@odata.type': '#microsoft.graph.servicePrincipal', id: thing.id },
      })
    }),
    'a role taken': async (choose) =>
      directory.directoryRoles.splice(choose(directory.directoryRoles.length + 1), 1).length > 0,
    'trust in another issuer alone': on(applications, (thing) => {
      directory.federated.set(thing.id, [
        { id: randomUUID(), name: 'ci', issuer: 'https://ci.example', subject: `only:${++no}`, audiences: ['x'] },
      ])
    }),
    'an interface of its own': on(principals, (thing) => {
      thing.appRoles = [
        ...(thing.appRoles ?? []),
        { id: randomUUID(), value: `Things.${++no}`, allowedMemberTypes: ['Application'] },
      ]
    }),
  }
}
