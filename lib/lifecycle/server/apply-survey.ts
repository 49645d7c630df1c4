import { LiveError } from '@/lib/connectors/live-error'
import { formatCount } from '@/lib/platform/browser/format'
import { type GrantsWord, readGrants } from './read-grants'
import { type HopChange, isWhole, type StepOrder, type TakeStep, type Tools } from './verify-login'

/** So long a source that does not answer is asked again; then it is said that it did not. */
const patienceMs = 60_000

const hopOf = (state: HopChange['state'], says: string): HopChange => ({
  ...{ hop: 'grants', title: 'What it was granted', state, says },
  ...(state === 'not_testable' ? {} : { evidence: 'source' as const }),
})

/** What is left of an account that was cut: what it is granted at the source, and who keeps its secret. Changes nothing. */
export const survey: TakeStep = async (order, tools) => {
  const grants = isWhole(order) ? [await grantsHop(order, tools)] : []
  const copies = (await tools.lookAtCopies?.()) ?? []
  const hops = [...grants, ...copies]
  return { state: 'done', says: hops.map(({ title, says }) => `${title}: ${says}`).join(' '), hops }
}

/** Asks the source what is still granted. @throws LiveError of a source that may answer yet */
export async function grantsHop(order: StepOrder, tools: Tools): Promise<HopChange> {
  try {
    return hopOfWord(await readGrants(tools.connection, order.identityRef, tools.signal), order)
  } catch (error) {
    if (!(error instanceof LiveError)) throw error
    const mayAnswer = ['unreachable', 'timed_out', 'cancelled', 'rate_limited', 'unexpected_answer'].includes(
      error.code,
    )
    if (mayAnswer && tools.now() - order.begunAt < patienceMs) throw error
    return hopOf('not_testable', `The source did not say what is still granted: ${error.message}`)
  }
}

function hopOfWord(word: GrantsWord, { plan, step }: StepOrder): HopChange {
  const { groups, rights, account, isWhole: isAll } = word
  const parts = [
    ...(groups.length > 0 ? [`member of ${listed(groups)}`] : []),
    ...(rights > 0 ? [`${formatCount(rights, 'right')} of its own`] : []),
  ]
  if (parts.length === 0)
    return isAll
      ? hopOf('already_absent', 'The source was read through and shows nothing that is granted to it.')
      : hopOf('not_testable', 'The source could not be read through in time. The next sync says what is still granted.')
  const still = `The source still shows it as ${parts.join(', with ')}${isAll ? '' : ', and could not be read through'}.`
  if (account === 'on' || account === 'unknown')
    return hopOf('not_testable', `${still} It does not say that the account is off, so this may still be of use.`)
  const after =
    step === 'verify_absent'
      ? 'There is no account any more that could use it.'
      : `Nothing can use it while the account is off. It counts again when the account is switched on${plan.removes && plan.can.remove ? ', and ends when it is deleted' : ''}.`
  return hopOf('dormant', `${still} ${after}`)
}

const listed = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')

/** The account is on again: what was left of it counts again. With a new secret, copies of the old one stay dead. */
export function againHops({ left = [], held }: StepOrder): HopChange[] {
  return left
    .filter(({ hop }) => hop === 'grants' || held.fresh === undefined)
    .map(({ hop, title }) => ({
      ...{ hop, title, state: 'source_says_on' as const },
      says:
        hop === 'grants'
          ? 'The account is switched on again, and what is granted to it counts again.'
          : 'The account is switched on again, and the secret that is kept here opens it.',
    }))
}
