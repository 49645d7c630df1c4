import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { enqueue, type JobDefinition, startWorker } from './boss'

type Data = { orgId: string; no: number }

let org: TestOrganization
beforeAll(async () => {
  org = await testOrganization()
})
afterAll(closePool)

const timing = { retryDelay: 1, retryDelayMax: 1, expireInSeconds: 60 }

describe('a job', () => {
  it('is tried again after a failure, and handed on when the last attempt failed too', async () => {
    const attempts: number[] = []
    const handedOn: Data[] = []
    const givenUp: JobDefinition<Data> = {
      ...timing,
      queue: 'test-given-up',
      retryLimit: 0,
      run: async (data) => {
        handedOn.push(data)
      },
    }
    const job: JobDefinition<Data> = {
      ...timing,
      queue: 'test-attempts',
      retryLimit: 1,
      givenUp,
      async run({ no }) {
        attempts.push(no)
        if (no === 1 || attempts.filter((each) => each === no).length === 1) throw new Error('not this time')
      },
    }
    const stop = await startWorker([job as JobDefinition])
    const target = { kind: 'team', id: 'new', label: 'new team' }
    const permit = await org.as.admin.authorize('create', { ...target, kind: 'team', attr: {} })
    await org.as.admin.commit(permit, { action: 'team.create', target }, async (tx) => {
      for (const no of [1, 2]) await enqueue(tx, job, { orgId: org.orgId, no })
    })
    await expect.poll(() => handedOn, { timeout: 30_000 }).toEqual([{ orgId: org.orgId, no: 1 }])
    await expect.poll(() => attempts.toSorted(), { timeout: 30_000 }).toEqual([1, 1, 2, 2])
    await stop()
  })
})
