import { postgresqlSystems } from './postgresql'
import { redisSystems } from './redis'
import type { SystemUnderTest } from './running-system'

/** Every real server that the conformance run starts. */
export const systemsUnderTest: readonly SystemUnderTest[] = [...postgresqlSystems, ...redisSystems]
