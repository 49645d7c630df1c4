import { parseOptions } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from './password'

describe('passwords', () => {
  it('are hashed with Argon2id at the stated cost and a fresh salt', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    expect(one).not.toBe(two)
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(parseOptions(one)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1, saltLen: 16 })
  })

  it('match their own hash only', async () => {
    const hash = await hashPassword('correct horse')
    expect(await verifyPassword(hash, 'correct horse')).toBe(true)
    expect(await verifyPassword(hash, 'correct horse ')).toBe(false)
    expect(await verifyPassword(hash, '')).toBe(false)
  })

  it('never match where there is no hash, at the cost of a real comparison', async () => {
    const hash = await hashPassword('correct horse')
    const time = async (given: string | null) => {
      const started = performance.now()
      expect(await verifyPassword(given, 'wrong')).toBe(false)
      return performance.now() - started
    }
    await time(null)
    const known: number[] = []
    const unknown: number[] = []
    for (let n = 0; n < 15; n += 1) {
      known.push(await time(hash))
      unknown.push(await time(null))
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[7] ?? 0
    // Wide, as the machine may be busy; without the stand-in hash the ratio would be below a hundredth.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.5)
    expect(median(unknown) / median(known)).toBeLessThan(2)
  })
})
