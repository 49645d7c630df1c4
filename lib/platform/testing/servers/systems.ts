import { a2aSystems } from './a2a'
import { awsSystems } from './aws'
import { entraSystems } from './entra'
import { googleSystems } from './gcp'
import { githubSystems } from './github'
import { gitlabSystems } from './gitlab'
import { keystoneSystems } from './keystone'
import { kubernetesSystems } from './kubernetes'
import { mariadbSystems } from './mariadb'
import { mcpSystems } from './mcp'
import { oauthSystems } from './oauth'
import { oktaSystems } from './okta'
import { openldapSystems } from './openldap'
import { postgresqlSystems } from './postgresql'
import { rabbitmqSystems } from './rabbitmq'
import { redisSystems } from './redis'
import type { SystemUnderTest } from './running-system'
import { sambaSystems } from './samba'
import { sshSystems } from './ssh'
import { vaultSystems } from './vault'
import type { WatchedSystem } from './watched-system'
import { x509Systems } from './x509'

/** Every real server that the conformance run starts. */
export const systemsUnderTest: readonly SystemUnderTest[] = [
  ...postgresqlSystems,
  ...redisSystems,
  ...mariadbSystems,
  ...rabbitmqSystems,
  ...openldapSystems,
  ...sambaSystems,
  ...oauthSystems,
  ...sshSystems,
  ...x509Systems,
  ...keystoneSystems,
  ...awsSystems,
  ...kubernetesSystems,
  ...entraSystems,
  ...googleSystems,
  ...vaultSystems,
  ...githubSystems,
  ...oktaSystems,
  ...gitlabSystems,
]

/** Every real system that can be looked at and not changed. */
export const watchedSystems: readonly WatchedSystem[] = [...mcpSystems, ...a2aSystems]
