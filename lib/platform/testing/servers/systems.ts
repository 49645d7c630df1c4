import { mariadbSystems } from './mariadb'
import { oauthSystems } from './oauth'
import { postgresqlSystems } from './postgresql'
import { rabbitmqSystems } from './rabbitmq'
import { redisSystems } from './redis'
import type { SystemUnderTest } from './running-system'

/** Every real server that the conformance run starts. */
export const systemsUnderTest: readonly SystemUnderTest[] = [
  ...postgresqlSystems,
  ...redisSystems,
  ...mariadbSystems,
  ...rabbitmqSystems,
  ...oauthSystems,
]
