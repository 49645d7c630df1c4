import { describe, expect, it } from 'vitest'
import { BoundedQueue } from './bounded-queue'

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('BoundedQueue', () => {
  it('runs no more than its limit at a time and everything in order', async () => {
    const queue = new BoundedQueue({ running: 2, waiting: 10 }, 'full')
    let active = 0
    let most = 0
    const finished: number[] = []
    await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        queue.run(async () => {
          active += 1
          most = Math.max(most, active)
          await new Promise((resolve) => setTimeout(resolve, 3))
          active -= 1
          finished.push(n)
        }),
      ),
    )
    expect(most).toBe(2)
    expect(finished).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('turns away who finds the line full, without starting their work', async () => {
    const queue = new BoundedQueue({ running: 1, waiting: 1 }, 'full')
    const { open, opened } = gate()
    const first = queue.run(() => opened)
    const second = queue.run(async () => 'second')
    let begun = false
    await expect(
      queue.run(async () => {
        begun = true
      }),
    ).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 5 })
    expect(begun).toBe(false)
    open()
    await first
    expect(await second).toBe('second')
    expect(await queue.run(async () => 'later')).toBe('later')
  })

  it('goes on after a failure', async () => {
    const queue = new BoundedQueue({ running: 1, waiting: 1 }, 'full')
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await queue.run(async () => 1)).toBe(1)
  })
})
