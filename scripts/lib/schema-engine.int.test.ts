import { expect, it } from 'vitest'
import { diffSchema } from './schema-engine.mjs'

it('the migrations make what prisma/schema says', async () => {
  const services = JSON.parse(process.env.TEST_SERVICES ?? '')
  expect(await diffSchema(services)).toBe('')
})
