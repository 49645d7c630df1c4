import { describe, expect, it } from 'vitest'
import { AppError, errorCodes } from '../errors'
import { problemKinds, problemResponse, toAppError } from './problem'

describe('problems', () => {
  it('map every code to a status and a stable type', async () => {
    const statuses: Record<string, number> = {}
    for (const code of errorCodes) {
      const response = problemResponse(new AppError(code, 'Because.'), 'r1')
      const problem = await response.json()
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(problem).toMatchObject({ type: `/problems/${code}`, code, detail: 'Because.', reference: 'r1' })
      expect(problem.status).toBe(response.status)
      statuses[code] = response.status
    }
    expect(statuses).toEqual({
      invalid_input: 400,
      unauthenticated: 401,
      forbidden: 403,
      not_found: 404,
      conflict: 409,
      precondition_failed: 412,
      rate_limited: 429,
      upstream_failed: 502,
      internal: 500,
    })
    expect(problemKinds.map(({ code }) => code)).toEqual([...errorCodes])
  })

  it('say when to come back, and then mean unavailable', () => {
    const response = problemResponse(new AppError('upstream_failed', 'x', { retryAfterSeconds: 4.2 }), 'r1')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  })

  it('never show detail, cause or the message of a foreign error', async () => {
    const failure = toAppError(new Error('relation "secrets" does not exist'))
    const text = await problemResponse(failure, 'r1').text()
    expect(text).not.toContain('secrets')
    const own = new AppError('conflict', 'shown', { detail: 'hidden', cause: new Error('hidden too') })
    expect(await problemResponse(own, 'r1').text()).not.toContain('hidden')
  })
})
