import { AppError } from '@/lib/platform/errors'

/**
 * Runs at most `running` pieces of work at a time and lets at most `waiting` more stand in line, so that a flood of
 * expensive requests costs its senders time and not the server its memory.
 */
export class BoundedQueue {
  private active = 0
  private readonly line: (() => void)[] = []

  /** `full`: what is said to those who find the line full. */
  constructor(
    private readonly limits: { running: number; waiting: number },
    private readonly full: string,
  ) {}

  /** @throws AppError `rate_limited` when the line is full; the work was not begun */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active >= this.limits.running) await this.stand()
    else this.active += 1
    try {
      return await work()
    } finally {
      const next = this.line.shift()
      // The place passes on to the next in line; only without one it becomes free.
      if (next) next()
      else this.active -= 1
    }
  }

  private stand(): Promise<void> {
    if (this.line.length >= this.limits.waiting) {
      throw new AppError('rate_limited', this.full, { retryAfterSeconds: 5, detail: 'a bounded queue is full' })
    }
    return new Promise((resolve) => this.line.push(resolve))
  }
}
