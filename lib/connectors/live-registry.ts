import { a2a } from './a2a/live'
import { aws } from './aws/live'
import { azure } from './azure/live'
import { gcp } from './gcp/live'
import { github } from './github/live'
import { gitlab } from './gitlab/live'
import { keystone } from './keystone/live'
import { kubernetes } from './kubernetes/live'
import { activeDirectory } from './ldap/domain-live'
import { ldap } from './ldap/live'
import type { LiveConnector } from './live-connector'
import { mariadb } from './mariadb/live'
import { mcp } from './mcp/live'
import { oauth } from './oauth/live'
import { okta } from './okta/live'
import { postgresql } from './postgresql/live'
import { rabbitmq } from './rabbitmq/live'
import { redis } from './redis/live'
import { ssh } from './ssh/live'
import { vault } from './vault/live'
import { x509 } from './x509/live'

/** Every system that can be connected to while it runs. Apart from the formats of files, whose readers need no drivers. */
export const liveConnectors: readonly LiveConnector[] = [
  postgresql,
  redis,
  mariadb,
  rabbitmq,
  ldap,
  activeDirectory,
  oauth,
  mcp,
  a2a,
  ssh,
  x509,
  keystone,
  aws,
  kubernetes,
  azure,
  gcp,
  vault,
  github,
  okta,
  gitlab,
]

export function findLiveConnector(id: string): LiveConnector | undefined {
  return liveConnectors.find((connector) => connector.id === id)
}
