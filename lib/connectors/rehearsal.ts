import type { Call, CanaryMade, CanaryOrder, HeldSession, Rehearsal, VerifyOrder } from './live-contract'
import { networkError } from './live-error'
import type { Secret } from './secret'

/** A rehearsal on an open connection. */
export interface BoundRehearsal {
  makeCanary: (order: CanaryOrder, signal?: AbortSignal) => Promise<CanaryMade>
  openSession: (order: VerifyOrder, signal?: AbortSignal) => Promise<HeldSession>
}

type Run<Session> = <Result>(
  signal: AbortSignal | undefined,
  work: (session: Session, call: Call) => Promise<Result>,
  secrets: readonly Secret[],
) => Promise<Result>

/** Puts the guards of a connection around a rehearsal. */
export function boundRehearsal<Session>(
  rehearsal: Rehearsal<Session> | undefined,
  run: Run<Session>,
): { rehearsal?: BoundRehearsal } {
  if (rehearsal === undefined) return {}
  return {
    rehearsal: {
      makeCanary: (order, signal) =>
        run(signal, (session, call) => rehearsal.makeCanary(session, order, call), [order.secret]),
      openSession: async (order, signal) => {
        const held = await run(signal, (session, call) => rehearsal.openSession(session, order, call), [order.secret])
        return {
          look: () =>
            held.look().catch((thrown: unknown) => ({
              answer: 'unknown' as const,
              reason: networkError(thrown)?.message ?? 'the session gave no clear answer',
            })),
          close: () => held.close().catch(() => {}),
        }
      },
    },
  }
}
