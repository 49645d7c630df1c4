import type { Choice, ParkReason } from '../engine/steps'

const reasons: Record<ParkReason, string> = {
  refused: 'The source refused it.',
  no_answer: 'The source gave no answer after many tries.',
  secret_refused: 'The source refused three different new secrets. The old one still works.',
  new_secret_fails: 'The new secret does not let anybody in.',
  not_taken: 'The link to the new secret ran out before it was opened.',
  still_allowed: 'It should be off by now, and it still works.',
  still_used: 'Two weeks after its quiet period could have ended, the old secret is still in use.',
  no_way_back: 'It cannot be taken back.',
}

/** Why a run needs a person, with what the source said. `secrets`: how many work side by side there. */
export function parkSays(why: ParkReason, said: string | null, secrets: 'one' | 'two'): string {
  const untaken =
    secrets === 'two'
      ? 'The old secret still works.'
      : 'The old secret opens nothing any more: until somebody takes the new one, nothing gets in.'
  const reason = why === 'not_taken' ? `${reasons[why]} ${untaken}` : reasons[why]
  return said === null ? reason : `${reason} ${said}`
}

/** What a person can say to it. */
export function presentChoice(choice: Choice, isRotation: boolean): { choice: Choice; title: string; says: string } {
  const words: Record<Choice, [string, string]> = {
    retry: ['Try again', 'The same step is taken once more.'],
    new_secret: ['Try another secret', 'A new secret is made and set in place of this one.'],
    give_up: [
      'Give up',
      isRotation
        ? 'What was done is taken back, and the old secret stays.'
        : 'Nothing more is done, and access stays as it is.',
    ],
    leave: ['Leave it so', 'The step is left as it is, on your word, and the run goes on behind it.'],
  }
  const [title, says] = words[choice]
  return { choice, title, says }
}
