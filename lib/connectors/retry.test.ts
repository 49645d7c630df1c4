import { expect, test } from 'vitest'
import { LiveError } from './live-error'
import { pacer, pause, waitBefore } from './retry'

const bounds = { tries: 4, firstWaitMs: 100, longestWaitMs: 250 }

test('waits longer each time, up to a bound, and gives up', () => {
  const error = new LiveError('unreachable', 'gone')
  const waits = [1, 2, 3, 4].map((attempt) => waitBefore(attempt, error, bounds, () => 1))
  expect(waits).toEqual([100, 200, 250, undefined])
  expect(waitBefore(1, error, bounds, () => 0)).toBe(50)
})

test('tries again only what may pass by itself, and when the source says so', () => {
  for (const code of ['login_refused', 'forbidden', 'not_found', 'cancelled', 'own_credential'] as const)
    expect(waitBefore(1, new LiveError(code, ''), bounds)).toBeUndefined()
  expect(waitBefore(1, new LiveError('rate_limited', '', 222), bounds)).toBe(222)
  expect(waitBefore(1, new LiveError('rate_limited', '', 60_000), bounds)).toBeUndefined()
})

test('a pause ends with the signal', async () => {
  const stop = new AbortController()
  const paused = pause(60_000, stop.signal)
  stop.abort()
  await expect(paused).rejects.toMatchObject({ code: 'cancelled' })
})

test('lets through so many a second, in their order', async () => {
  const pace = pacer(100)
  const began = performance.now()
  const order: number[] = []
  await Promise.all([1, 2, 3, 4, 5].map((no) => pace(new AbortController().signal).then(() => order.push(no))))
  expect(order).toEqual([1, 2, 3, 4, 5])
  expect(performance.now() - began).toBeGreaterThan(35)
})
