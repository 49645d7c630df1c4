import type { Call, Verdict, VerifyOrder } from './live-contract'
import { networkError } from './live-error'
import type { Secret } from './secret'

/** What rehearsals of a cut need beside the hands; absent where a system gives no more than those. */
export interface Rehearsal<Session> {
  /** The id that discovery gives an account of this name. */
  canaryId: (name: string) => string
  /**
   * Makes an account of its own on the way of another one: it belongs to the same groups, as far as the connection may grant
   * them. Asked again by the same name it comes to the same. It ends by itself should nobody take it away.
   */
  makeCanary: (session: Session, order: CanaryOrder, call: Call) => Promise<CanaryMade>
  /** Signs in as a service does and stays, to see when that ends. */
  openSession: (session: Session, order: VerifyOrder, call: Call) => Promise<HeldSession>
}

export interface CanaryOrder {
  /** Ids as discovery gives them. */
  like: string
  name: string
  secret: Secret
}

export interface CanaryMade {
  /** The groups that it was put into, and those that the connection may not grant. */
  joined: string[]
  missing: string[]
}

/** A session that a rehearsal holds open. */
export interface HeldSession {
  /** Asks over the session itself whether the source still answers on it. Never throws. */
  look: () => Promise<Verdict>
  close: () => Promise<void>
}

/** The same on an open connection. */
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
