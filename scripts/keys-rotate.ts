import { rotateSecrets } from '../lib/connections/server/rotate-secrets'
import { rotateSourceSecrets } from '../lib/decisions/server/rotate-source-secrets'
import { rotateHeldSecrets } from '../lib/lifecycle/server/rotate-secrets'
import { rotateMailPassword } from '../lib/notifications/server/rotate-mail-password'
import { contextForJob } from '../lib/platform/auth/request-context'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'
import { rotateSignalSecrets } from '../lib/signals/server/rotate-signal-secrets'

/** Brings everything that is stored encrypted under ENCRYPTION_KEY. Exit 0: all of it; 1: something could not be, and is named. */
async function main(): Promise<number> {
  let failed = 0
  const sum = { rewrapped: 0, current: 0 }
  const organizations = await listOrganizations()
  for (const { id, slug } of organizations) {
    try {
      for (const rotate of [
        rotateSecrets,
        rotateHeldSecrets,
        rotateMailPassword,
        rotateSignalSecrets,
        rotateSourceSecrets,
      ]) {
        const { rewrapped, current } = await rotate(contextForJob(id, 'keys-rotate'))
        sum.rewrapped += rewrapped
        sum.current += current
      }
    } catch (error) {
      failed += 1
      const { message, detail } = error as Error & { detail?: string }
      console.log(`${slug}: ${detail ?? message}`)
    }
  }
  console.log(
    `${sum.rewrapped} secrets under the new key, ${sum.current} were already, in ${organizations.length} organizations`,
  )
  return failed === 0 ? 0 : 1
}

void main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
