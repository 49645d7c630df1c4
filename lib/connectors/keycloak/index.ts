import type { FileConnector, ParsedFile } from '../contract'
import { someObject } from '../walk-answers'
import { mapKeycloak } from './map'
import { isKeycloaks } from './shapes'

/** The values of a file with the place of each. */
function roots(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  return file.kind === 'yaml' ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}` })) : []
}

const realm: FileConnector = {
  id: 'keycloak-realm',
  title: 'Keycloak',
  expects: 'a Keycloak realm export ("realm" with "clients", "roles", "users") or a listing of clients, roles or users',
  yields:
    'Clients and their service accounts, secrets and keys, roles with what they contain, groups, identity providers; people kept apart',
  production: [
    {
      from: 'the Keycloak server, on its host or in its container',
      steps: ['bin/kc.sh export --file realm.json --realm acme --users same_file'],
      rights:
        'Read access to the database that the server is configured with; an export holds every secret, so delete it after the import',
    },
    {
      from: 'the Admin API, which masks secrets in exports',
      steps: [
        'curl -X POST -H "Authorization: Bearer $TOKEN" "$KEYCLOAK/admin/realms/acme/partial-export?exportClients=true&exportGroupsAndRoles=true" > realm.json',
        'curl -H "Authorization: Bearer $TOKEN" "$KEYCLOAK/admin/realms/acme/clients" > clients.json',
      ],
      rights:
        'Roles view-realm, view-clients and view-users of the client realm-management (partial-export: manage-realm)',
    },
    {
      from: 'the administration console',
      steps: ['Realm settings, Action, Partial export, include groups, roles and clients'],
      rights: 'Role manage-realm of the client realm-management',
    },
  ],
  coverage: 'file',
  accepts: (file) =>
    roots(file)
      .slice(0, 200)
      .some(({ value }) => someObject(value, isKeycloaks)),
  map: (file, context) => {
    const results = mapKeycloak(roots(file), context)
    const [only] = results
    return results.length === 1 && only !== undefined ? only : results
  },
}

export const connectors: FileConnector[] = [realm]
