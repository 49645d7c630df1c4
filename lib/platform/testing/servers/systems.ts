import { awsSystems } from './aws'
import { mariadbSystems } from './mariadb'
import { postgresqlSystems } from './postgresql'
import { rabbitmqSystems } from './rabbitmq'
import { redisSystems } from './redis'
import type { SystemUnderTest } from './running-system'
import { sshSystems } from './ssh'

/** Every real server that the conformance run starts. */
export const systemsUnderTest: readonly SystemUnderTest[] = [
  ...postgresqlSystems,
  ...redisSystems,
  ...mariadbSystems,
  ...rabbitmqSystems,
  ...sshSystems,
  ...awsSystems,
]
