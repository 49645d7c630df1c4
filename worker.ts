import { PgBoss } from 'pg-boss'
import { env } from '@/lib/platform/env'
import { log } from '@/lib/platform/telemetry/log'

const boss = new PgBoss({
  connectionString: env().DATABASE_URL,
  schema: 'pgboss',
  createSchema: false,
  migrate: false,
  application_name: 'bailiwick-worker',
})
boss.on('error', (error) => log.error({ error }, 'job queue'))
await boss.start()
log.info('worker ready')

async function stop(): Promise<void> {
  await boss.stop({ graceful: true, timeout: 15_000 })
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
