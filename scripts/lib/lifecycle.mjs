import { say } from './messages.mjs'

/**
 * Everything that was started, stopped once and in reverse order: on SIGINT, SIGTERM and SIGHUP, when npm (which passes
 * no signals on) is gone, and when starting fails half-way.
 */
export class Lifecycle {
  /** @type {{ name: string, stop: () => unknown }[]} */
  #started = []
  /** @type {Promise<void> | undefined} */
  #stopping
  #abort = new AbortController()

  constructor() {
    let asked = 0
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => {
        if (++asked > 2) process.exit(1)
        void this.end(0)
      })
    if (!process.env.npm_lifecycle_event) return
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent) void this.end(0)
    }, 500).unref()
  }

  /** Aborted at the beginning of the end: for child processes that are only waited for. */
  get signal() {
    return this.#abort.signal
  }

  /**
   * @template {{ stop: () => unknown }} T
   * @param {string} name
   * @param {T} thing
   * @returns {T}
   */
  add(name, thing) {
    this.#started.push({ name, stop: () => thing.stop() })
    this.signal.throwIfAborted()
    return thing
  }

  /** Stops everything; safe to call again. @returns {Promise<void>} */
  stop() {
    this.#abort.abort()
    this.#stopping ??= (async () => {
      for (let next = this.#started.pop(); next; next = this.#started.pop()) {
        try {
          await next.stop()
        } catch (error) {
          say(`  ${next.name} did not stop cleanly: ${/** @type {Error} */ (error).message}`)
        }
      }
    })()
    return this.#stopping
  }

  /** Stops everything and ends the process. @param {number} code */
  async end(code) {
    if (!this.signal.aborted && code === 0) say('\nStopping …')
    await this.stop()
    // What was being started while the signal came has been added since.
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (let next = this.#started.pop(); next; next = this.#started.pop()) await next.stop()
    process.exit(code)
  }
}
