import type { Call } from './live-contract'
import { LiveError } from './live-error'

/**
 * Work that may take longer than one call may. Call after call carries it on: when the time of one is over it rests before its next
 * question to the source, until another comes. What rests for ever is forgotten.
 */
export class LongReading<Result extends object> {
  readonly #work: (call: Call) => Promise<Result>
  #done: Promise<Result> | undefined
  #carrier: Call | undefined
  #lastCarrier: Call | undefined
  #resting: (() => void)[] = []

  constructor(work: (call: Call) => Promise<Result>) {
    this.#work = work
  }

  /** The result, or `undefined` when it is not there after so many milliseconds. */
  async carry(call: Call, ms: number): Promise<Result | undefined> {
    this.#carrier = call
    this.#lastCarrier = call
    for (const goOn of this.#resting.splice(0)) goOn()
    this.#done ??= this.#begin(call)
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, ms, undefined)
    })
    try {
      return await Promise.race([this.#done, over])
    } catch (error) {
      // What was let go with an earlier call ended by its time, not because somebody wanted it.
      if (call.signal.aborted || !wasLetGo(error)) throw error
      throw new LiveError('timed_out', 'The source did not answer a question in time.')
    } finally {
      clearTimeout(timer)
      if (this.#carrier === call) this.#carrier = undefined
    }
  }

  #begin(first: Call): Promise<Result> {
    const current = () => this.#lastCarrier ?? first
    const done = this.#work({
      // A question that is on its way ends with the call in which it was asked.
      get signal() {
        return current().signal
      },
      pace: async () => {
        while (this.#carrier === undefined) await new Promise<void>((resolve) => this.#resting.push(resolve))
        await this.#carrier.pace()
      },
    })
    // Whoever carries it hears of what went wrong.
    done.catch(() => {})
    return done
  }
}

const wasLetGo = (error: unknown) =>
  error instanceof LiveError
    ? error.code === 'cancelled'
    : error instanceof Error && /^(Abort|Timeout)/.test(error.name)
