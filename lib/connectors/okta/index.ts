import type { FileConnector, ParsedFile } from '../contract'
import { field } from '../json-fields'
import { someObject } from '../walk-answers'
import { mapOkta } from './map'
import { isOktas } from './shapes'

/** The values of a file with the place of each; a description of an API is no answer of one. */
function roots(file: ParsedFile): { value: unknown; at: string }[] {
  const values =
    file.kind === 'json'
      ? [{ value: file.value, at: '$' }]
      : file.kind === 'yaml'
        ? file.documents.map(({ line, value }) => ({ value, at: `line ${line}` }))
        : []
  return values.filter(({ value }) => field(value, 'openapi') === undefined && field(value, 'swagger') === undefined)
}

const management: FileConnector = {
  id: 'okta-management',
  title: 'Okta',
  expects: 'answers of the Okta API: API tokens, applications, client secrets and keys, grants, administrator roles',
  yields:
    'API tokens, OAuth clients and service applications, API service integrations, privileged service accounts, their secrets, keys, grants and administrator roles; people kept apart',
  production: [
    {
      from: 'the Okta API, with an access token of a service application (all in one folder)',
      steps: [
        'for what in api-tokens "apps?limit=200" iam/roles iam/resource-sets; do curl -H "Authorization: Bearer $TOKEN" "https://$ORG/api/v1/$what" > "okta-$(echo $what | tr /? --).json"; done',
        'curl -H "Authorization: Bearer $TOKEN" "https://$ORG/integrations/api/v1/api-services" > okta-api-services.json',
        'curl -H "Authorization: Bearer $TOKEN" "https://$ORG/api/v1/apps/$APP/credentials/secrets" > okta-secrets-$APP.json   # for each application; likewise …/credentials/jwks, …/grants, …/tokens',
        'curl -H "Authorization: Bearer $TOKEN" "https://$ORG/oauth2/v1/clients/$APP/roles" > okta-roles-$APP.json',
      ],
      rights:
        'Scopes okta.apiTokens.read, okta.apps.read, okta.appGrants.read, okta.roles.read, okta.oauthIntegrations.read, and the role Read-only Administrator for the service application',
    },
    {
      from: 'the Okta API, with an API token',
      steps: ['curl -H "Authorization: SSWS $API_TOKEN" "https://$ORG/api/v1/api-tokens" > okta-api-tokens.json'],
      rights: 'An API token of a user with the role Read-only Administrator',
    },
  ],
  coverage: 'file',
  accepts: (file) =>
    roots(file)
      .slice(0, 200)
      .some(({ value }) => someObject(value, isOktas)),
  map: (file, context) => mapOkta(roots(file), context),
}

export const connectors: FileConnector[] = [management]
