import { LiveError, type LiveErrorCode } from '@/lib/connectors/live-error'
import type { StepName } from '../engine/steps'
import { cutSteps } from './apply-cut'
import { drillSteps } from './apply-drill'
import { renewSteps } from './apply-renewal'
import { survey } from './apply-survey'
import { twinSteps } from './apply-twins'
import type { Outcome, StepOrder, TakeStep, Tools } from './verify-login'

const steps: { [Step in StepName]?: TakeStep } = { ...renewSteps, ...cutSteps, survey }

/** After these nobody knows whether it was done. */
const openCodes: readonly LiveErrorCode[] = [
  'unreachable',
  'timed_out',
  'cancelled',
  'unexpected_answer',
  'rate_limited',
]

/** Steps that end something: done once they are done, whatever comes after. */
const ending: readonly StepName[] = ['retire', 'cut', 'cut_again', 'remove']

/**
 * Takes one step at the source. Never throws what the source says: a refusal and a lack of an answer are outcomes.
 * Taken again after a crash it comes to the same: each looks before it acts.
 */
export async function applyStep(order: StepOrder, tools: Tools): Promise<Outcome> {
  const own = order.plan.drill ? drillSteps : order.plan.twin ? twinSteps : {}
  const take = own[order.step] ?? steps[order.step]
  if (!take) throw new Error(`${order.step} is not taken at a source`)
  try {
    return await take(order, tools)
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    const isOpen = openCodes.includes(error.code)
    // The try before it may have been done, and nobody heard of it: this refusal says nothing of that one.
    const isUnclear =
      order.isAgain && (ending.includes(order.step) || (order.step === 'issue' && order.plan.makes === 'source'))
    if (isUnclear && !isOpen) return { state: 'refused', code: 'unclear', says: error.message }
    return { state: isOpen ? 'failed' : 'refused', code: error.code, says: error.message }
  }
}
