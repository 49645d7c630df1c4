import { redirect } from 'next/navigation'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { takeResult } from '../browser/action-result'
import { AppError } from '../errors'
import { runAction } from './action'

describe('runAction', () => {
  it('hands the data over', async () => {
    await expect(takeResult(runAction(async () => 7))).resolves.toBe(7)
  })

  it('keeps code, message and fields of a refusal, and nothing that is only for the log', async () => {
    const result = await runAction(async () => {
      throw new AppError('conflict', 'The name is taken.', { fields: { name: 'Taken.' }, detail: 'row 7' })
    })
    expect(result).toEqual({
      ok: false,
      error: { code: 'conflict', message: 'The name is taken.', fields: { name: 'Taken.' } },
    })
    await expect(takeResult(Promise.resolve(result))).rejects.toMatchObject({
      code: 'conflict',
      fields: { name: 'Taken.' },
    })
  })

  it('names the fields of input that breaks its contract', async () => {
    const result = await runAction(async () => z.strictObject({ name: z.string() }).parse({ name: 1 }))
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid_input', fields: { name: expect.any(String) } } })
  })

  it('says nothing of an unexpected failure but its reference', async () => {
    const result = await runAction(async () => {
      throw new Error('password=hunter2')
    })
    expect(JSON.stringify(result)).not.toContain('hunter2')
    expect(result).toMatchObject({ ok: false, error: { code: 'internal', reference: expect.any(String) } })
  })

  it('lets redirects of the framework pass', async () => {
    await expect(runAction(async () => redirect('/sign-in'))).rejects.toThrow('NEXT_REDIRECT')
  })
})
