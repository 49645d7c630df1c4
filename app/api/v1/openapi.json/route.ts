import { endpoints as callers } from '@/lib/access-callers/server/endpoints'
import { endpoints as graph } from '@/lib/access-graph/server/endpoints'
import { endpoints as keys } from '@/lib/api-keys/server/endpoints'
import { endpoints as audit } from '@/lib/audit/server/endpoints'
import { endpoints as breakGlass } from '@/lib/break-glass/server/endpoints'
import { endpoints as connections } from '@/lib/connections/server/endpoints'
import { endpoints as decisions } from '@/lib/decisions/server/endpoints'
import { endpoints as grants } from '@/lib/grants/server/endpoints'
import { endpoints as identities } from '@/lib/identities/server/endpoints'
import { endpoints as incidents } from '@/lib/incidents/server/endpoints'
import { endpoints as lifecycle } from '@/lib/lifecycle/server/endpoints'
import { endpoints as notices } from '@/lib/notifications/server/endpoints'
import { endpoints as organizations } from '@/lib/organizations/server/endpoints'
import { endpoints as ownership } from '@/lib/ownership/server/endpoints'
import { serveOpenApi } from '@/lib/platform/http/serve-openapi'
import { endpoints as policies } from '@/lib/policy-versions/server/endpoints'
import { endpoints as reviews } from '@/lib/reviews/server/endpoints'
import { endpoints as signals } from '@/lib/signals/server/endpoints'
import { endpoints as standing } from '@/lib/standing/server/endpoints'
import { endpoints as users } from '@/lib/users/server/endpoints'
import { endpoints as views } from '@/lib/views/server/endpoints'

const catalogue = [
  identities,
  ownership,
  views,
  graph,
  connections,
  lifecycle,
  grants,
  breakGlass,
  incidents,
  reviews,
  decisions,
]
const others = [callers, signals, standing, policies, audit, organizations, users, keys, notices]
export const GET = serveOpenApi([...catalogue, ...others].flat())
