import { log } from '@/lib/platform/telemetry/log'
import { keepDays } from './store-log'

const everyMs = 6 * 3_600_000
/** Days made ahead, and days kept. */
const ahead = 7
const kept = 90

/** Makes the days of the log that are to come, and lets go of those that are over, now and every six hours, until the answer is called. */
export function startDecisionDays(): () => void {
  const run = () =>
    void keepDays(ahead, kept).catch((error: unknown) =>
      log.error({ err: error }, 'the days of the decision log could not be kept'),
    )
  run()
  const timer = setInterval(run, everyMs)
  return () => clearInterval(timer)
}
