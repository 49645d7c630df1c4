import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { FakeAccount } from '../../platform/testing/servers/aws-account'
import { iamActions } from '../../platform/testing/servers/aws-actions'

const recorded = (name: string) => {
  const place = path.join(import.meta.dirname, 'fixtures', 'aws-iam-listings', name)
  return (JSON.parse(fs.readFileSync(place, 'utf8')) as { data: Record<string, unknown> }).data
}
const fieldsOf = (list: unknown) => Object.keys((list as object[])[0] ?? {}).sort()

test('the stand-in answers with the fields that AWS was recorded with', () => {
  const details = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] }
  const account = new FakeAccount(details, '123456789012')
  const arn = account.addUser('svc')
  account.addKey('svc')
  account.putPolicy('svc', 'All', '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', 0)
  const parameters = new URLSearchParams({ UserName: 'svc' })
  const asked = { account, caller: { user: 'svc', arn }, parameters }
  const answer = iamActions.ListAccessKeys?.(asked) as Record<string, unknown>
  const real = recorded('c7n-test_iam_access_key_list--iam.ListAccessKeys_1.json')
  expect(fieldsOf(answer.AccessKeyMetadata)).toEqual(fieldsOf(real.AccessKeyMetadata))
  expect(answer.IsTruncated).toBe(real.IsTruncated)
  const [user] = account.details.UserDetailList
  const users = recorded('c7n-test_iam_access_key_list--iam.ListUsers_1.json').Users as object[]
  for (const field of ['Arn', 'CreateDate', 'Path', 'UserId', 'UserName']) {
    expect(users[0]).toHaveProperty(field)
    expect(user).toHaveProperty(field)
  }
})
