import packageJson from '@/package.json' with { type: 'json' }
import type { Endpoint } from './endpoint'
import { openApiDocument } from './openapi'

const description = `Inventory and governance of non-human identities.

Programs send an API key: \`Authorization: Bearer bwk_…\`. A key acts for its owner, never beyond the owner's role, and only
within its scopes. Lists are paged by cursor. Errors are RFC 9457 problems; \`reference\` finds the log lines. Every POST takes
an \`Idempotency-Key\`.`

/** Serves the OpenAPI 3.1 document of all endpoints. It holds no tenant's data, so anyone may read it. */
export function serveOpenApi(endpoints: readonly Endpoint[]): () => Response {
  return () => {
    const document = openApiDocument(endpoints, { title: 'Bailiwick API', version: packageJson.version, description })
    return Response.json(document, { headers: { 'cache-control': 'public, max-age=300' } })
  }
}
