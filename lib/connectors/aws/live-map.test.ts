import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { NormalisedRecord } from '../contract'
import { authorizationDetails } from './authorization-details'
import { type AwsUser, disabledPolicy, mapShared, mapUsers, surveyOf, usersIn } from './live-map'

const place = path.join(import.meta.dirname, 'fixtures', 'authorization-details', 'cloudsplaining-example.json')
const details = [JSON.parse(fs.readFileSync(place, 'utf8'))] as Record<string, unknown>[]
const context = { instance: 'main', fingerprint: (secret: string) => `fp${secret.length}` }
const survey = surveyOf(details)
const users = usersIn(details)
const withoutKeys = (user: AwsUser) => ({ user, keys: [] })
const told = (records: NormalisedRecord[]) => [...new Set(records.map((record) => JSON.stringify(record)))].sort()

test('the account read in pages gives what a file of the same answer gives', () => {
  const file = authorizationDetails.map({ kind: 'json', name: 'export', value: details[0] }, context)
  const [whole] = Array.isArray(file) ? file : [file]
  const pages = [
    mapShared(details, survey, context),
    ...users.map((user) => mapUsers([withoutKeys(user)], survey, context)),
  ]
  expect(users).toHaveLength(44)
  const ids = (records: NormalisedRecord[]) =>
    [
      ...new Set(records.map((record) => (record.type === 'entitlement' ? JSON.stringify(record) : record.externalId))),
    ].sort()
  expect(ids(pages.flatMap(({ records }) => records))).toEqual(ids(whole?.records ?? []))
  expect(told(pages.flatMap(({ records }) => records)).length).toBeGreaterThan(300)
})

test('access keys are those that a file of listings gives, with their last use', () => {
  const user = users.find(({ arn }) => survey.principals.get(arn)?.type === 'identity')
  if (user === undefined) throw new Error('the account has no service account')
  const key = (id: string, isActive: boolean) => ({ id, isActive, createdAt: '2026-01-02T03:04:05.000Z' })
  const { records } = mapUsers(
    [
      {
        user,
        keys: [
          {
            key: key('AKIAIOSFODNN7EXAMPLE', true),
            use: { at: '2026-02-03T00:00:00.000Z', service: 's3', region: 'us-east-1' },
          },
          { key: key('AKIAI44QH8DHBEXAMPLE', false), use: { at: null, service: 'N/A', region: 'N/A' } },
          { key: key('AKIAJQ5CMEXAMPLE0000', true) },
        ],
      },
    ],
    survey,
    context,
  )
  const subject = { type: 'identity', externalId: user.arn }
  expect(records.filter(({ type }) => type === 'credential')).toMatchObject([
    {
      ...{ externalId: 'AKIAIOSFODNN7EXAMPLE', subject, credentialType: 'api_key', status: 'active' },
      lastUsedAt: '2026-02-03T00:00:00.000Z',
      attributes: { lastUsedService: 's3', lastUsedRegion: 'us-east-1' },
    },
    { externalId: 'AKIAI44QH8DHBEXAMPLE', status: 'disabled', lastUsedAt: null, expiresAt: null },
    { externalId: 'AKIAJQ5CMEXAMPLE0000', status: 'active', lastUsedAt: undefined },
  ])
})

test('a user to whom everything is denied by our policy is disabled', () => {
  const user = users.find(({ arn }) => survey.principals.get(arn)?.type === 'identity')
  if (user === undefined) throw new Error('the account has no service account')
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }] }
  const policies = [{ PolicyName: disabledPolicy, PolicyDocument: encodeURIComponent(JSON.stringify(document)) }]
  const denied = { ...user, fields: { ...user.fields, UserPolicyList: policies } }
  const status = (one: AwsUser) =>
    mapUsers([withoutKeys(one)], survey, context).records.find(({ type }) => type === 'identity')
  expect(status(user)).toMatchObject({ status: 'active' })
  expect(status(denied)).toMatchObject({ status: 'disabled' })
})
