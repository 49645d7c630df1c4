import { describe, expect, it } from 'vitest'
import { apiFetch, problemToError } from './api'

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } })

describe('problemToError', () => {
  it('keeps the code, the message, the fields and the request id', async () => {
    const error = await problemToError(
      problem(400, {
        type: '/problems/invalid_input',
        detail: 'The name is empty.',
        fields: { name: 'Give a name.' },
        reference: 'r-1',
      }),
    )
    expect(error).toMatchObject({ code: 'invalid_input', message: 'The name is empty.', requestId: 'r-1', status: 400 })
    expect(error.fields).toEqual({ name: 'Give a name.' })
  })

  it('reads the wait of a rate limit', async () => {
    const error = await problemToError(problem(429, { title: 'Too many' }, { 'retry-after': '7' }))
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 7 })
  })

  it('goes by the status when the body is not a problem', async () => {
    const error = await problemToError(new Response('<html>', { status: 503, headers: { 'x-request-id': 'r-2' } }))
    expect(error).toMatchObject({ code: 'upstream_failed', requestId: 'r-2' })
  })
})

describe('apiFetch', () => {
  it('refuses an address of another origin', async () => {
    await expect(apiFetch('//elsewhere.example/api')).rejects.toMatchObject({ code: 'internal' })
    await expect(apiFetch('https://elsewhere.example')).rejects.toMatchObject({ code: 'internal' })
  })
})
