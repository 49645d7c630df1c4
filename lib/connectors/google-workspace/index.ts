import type { FileConnector, ParsedFile } from '../contract'
import { someObject } from '../walk-answers'
import { mapWorkspace } from './map'
import { isCloud, isGoogles } from './shapes'

/** The values of a file with the place of each; the columns of GAM's listings are the API's fields. */
function roots(file: ParsedFile): { value: unknown; at: string }[] {
  if (file.kind === 'json') return [{ value: file.value, at: '$' }]
  if (file.kind === 'yaml') return file.documents.map(({ line, value }) => ({ value, at: `line ${line}` }))
  return file.kind === 'csv' ? file.rows.map(({ line, cells }) => ({ value: cells, at: `line ${line}` })) : []
}

const directory: FileConnector = {
  id: 'google-workspace-directory',
  title: 'Google Workspace',
  expects:
    'answers of the Google Workspace Directory or Reports API: users, third-party OAuth tokens ("clientId", "displayText", "scopes"), administrator roles',
  yields:
    'Third-party OAuth applications with what each user granted them, clients with domain-wide delegation, app passwords, groups and administrator roles; people kept apart',
  production: [
    {
      from: 'GAM, set up for the organization',
      steps: [
        'gam print users fields primaryemail,id,customerid,isadmin,suspended formatjson > workspace-users.csv',
        'gam all users print tokens > workspace-tokens.csv',
        'gam all users print asps > workspace-app-passwords.csv',
      ],
      rights:
        'Scopes admin.directory.user.readonly and admin.directory.user.security; the role User Management Admin or a custom role with User Security Management',
    },
    {
      from: 'the Directory API, for each user',
      steps: [
        'curl -H "Authorization: Bearer $TOKEN" "https://admin.googleapis.com/admin/directory/v1/users?customer=my_customer&maxResults=500" > workspace-users.json',
        'curl -H "Authorization: Bearer $TOKEN" "https://admin.googleapis.com/admin/directory/v1/users/$USER/tokens" > tokens.json   # key the answers by user id in one file',
        'curl -H "Authorization: Bearer $TOKEN" "https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/token?eventName=authorize" > workspace-consents.json',
      ],
      rights: 'Scopes admin.directory.user.readonly, admin.directory.user.security, admin.reports.audit.readonly',
    },
    {
      from: 'the administration console, for domain-wide delegation (it has no API)',
      steps: [
        'Security, Access and data control, API controls, Manage domain-wide delegation',
        'write each line as {"clientId": "…", "name": "…", "scopes": ["https://www.googleapis.com/auth/…"]} into a JSON list',
      ],
      rights: 'Super administrator',
    },
  ],
  coverage: 'file',
  accepts: (file) => {
    const values = roots(file).slice(0, 200)
    if (!values.some(({ value }) => someObject(value, isGoogles))) return false
    return !values.some(({ value }) => someObject(value, isCloud))
  },
  map: (file, context) => mapWorkspace(roots(file), context),
}

export const connectors: FileConnector[] = [directory]
