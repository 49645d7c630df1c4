import { randomBytes } from 'node:crypto'
import { accessibilityFaults, expect, test } from './fixtures'

test('a policy is written, tested, agreed to, shadowed, replayed, published, and seen in the next answer', async ({
  page,
  signInAs,
}) => {
  test.setTimeout(180_000)
  await signInAs('admin')
  // A key of a program, by the console’s own interface.
  await page.goto('/policies')
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const made = await page.request.post('/api/v1/api-keys', {
    data: { name: `asks ${randomBytes(3).toString('hex')}`, scopes: ['decisions:ask_any'], expiresAt },
    headers: { origin: new URL(page.url()).origin },
  })
  expect(made.status(), await made.text()).toBe(201)
  const { token } = await made.json()
  // An answer that is yes by the product’s policies is needed, so the catalogue is asked for one.
  const ask = async (action: string, subject: object, resource: object) => {
    const answer = await page.request.post('/access/v1/evaluation', {
      headers: { authorization: `Bearer ${token}` },
      data: { subject, action: { name: action }, resource },
    })
    expect(answer.status(), await answer.text()).toBe(200)
    return answer.json()
  }
  const search = async (path: string, data: object) => {
    const answer = await page.request.post(`/access/v1/search/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      data,
    })
    return (await answer.json()).results as { type: string; id: string }[]
  }
  const identities = await page.request.get('/api/v1/identities?limit=200')
  const { items } = (await identities.json()) as { items: { id: string; kind: string }[] }
  let asked: { subject: object; resource: object } | undefined
  for (const { id, kind } of items) {
    if (['ai_agent', 'workload'].includes(kind)) continue
    const subject = { type: 'identity', id }
    const [resource] = await search('resource', { subject, action: { name: 'read' }, resource: { type: 'resource' } })
    if (!resource) continue
    asked = { subject, resource }
    break
  }
  if (!asked) throw new Error('nobody in the demo organization may read anything')
  const { subject, resource } = asked
  expect((await ask('read', subject, resource)).decision).toBe(true)

  // Written in the editor.
  await page.getByRole('button', { name: 'New version' }).click()
  await page.getByLabel('What it changes').fill('Services do not read')
  await page.getByRole('button', { name: 'Begin it' }).click()
  await expect(page.getByRole('heading', { name: /Services do not read/ })).toBeVisible()
  const editor = page.getByRole('textbox', { name: 'Text of resource.yaml' })
  const write = async (name: string, text: string) => {
    await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
    const box = page.getByRole('textbox', { name: `Text of ${name}` })
    await box.click()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.insertText(text)
  }
  await expect(editor).toBeVisible()
  const policy = `apiVersion: api.cerbos.dev/v1
resourcePolicy:
  resource: resource
  version: runtime
  scope: organization
  scopePermissions: SCOPE_PERMISSIONS_REQUIRE_PARENTAL_CONSENT_FOR_ALLOWS
  rules:
    - name: services-do-not-read
      actions: [read]
      roles: [service]
      effect: EFFECT_DENY
      output: { when: { ruleActivated: '"services_do_not_read"' } }
`
  await write('resource.yaml', policy.replace('roles: [service]', 'roles: [service'))
  await page.getByRole('button', { name: 'Save the text' }).click()
  await expect(page.getByText('Changed, not saved')).toHaveCount(0)
  await page.getByRole('button', { name: 'Run the tests' }).click()
  await expect(page.getByRole('list', { name: 'What is wrong' })).toContainText('resource.yaml, line')
  await write('resource.yaml', policy)
  await write(
    'resource_test.yaml',
    `name: services
principals:
  service: { id: svc, roles: [service], attr: { live: { known: true, status: active, isRevoked: false, isBegun: true, hasOwner: true, environment: production, blastRadius: 20 }, context: { incident: unknown } } }
resources:
  bucket: { id: b, kind: resource, policyVersion: runtime, scope: organization, attr: { held: 2, live: { known: true, sensitivity: internal, environment: production } } }
tests:
  - name: they do not read
    input: { principals: [service], resources: [bucket], actions: [read, write] }
    expected:
      - { principal: service, resource: bucket, actions: { write: EFFECT_ALLOW } }
`,
  )
  await page.getByRole('button', { name: 'Save the text' }).click()
  await expect(page.getByText('Changed, not saved')).toHaveCount(0)
  await page.getByRole('button', { name: 'Run the tests' }).click()
  await expect(page.getByText('Passed its tests.')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('list', { name: 'The mandatory set' })).toContainText('Approval that has run out')
  // Who wrote it is not asked to agree.
  await expect(page.getByRole('button', { name: 'Agree to this text' })).toHaveCount(0)
  expect(await accessibilityFaults(page)).toEqual([])
  const address = page.url()

  // Agreed to by a second person.
  await signInAs('security')
  await page.goto(address)
  await page.getByLabel('Reason').fill('Read both files')
  await page.getByRole('button', { name: 'Agree to this text' }).click()
  await expect(page.getByText('Agreed to.', { exact: true })).toBeVisible()

  // Shadow: the answer stays, the difference is listed.
  await page.getByRole('button', { name: 'Put it in shadow' }).click()
  await expect(page.getByText('In shadow.', { exact: true })).toBeVisible()
  expect((await ask('read', subject, resource)).decision).toBe(true)
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('region', { name: 'In shadow' })).toContainText('would differ')
    await expect(page.getByRole('table', { name: /^In shadow/ })).toContainText('no instead of yes')
  }).toPass({ timeout: 20_000 })

  // Replay: what was recorded is put to it by the worker.
  await page.getByRole('button', { name: 'Replay what was answered' }).click()
  await expect(page.getByRole('table', { name: /^Replay of/ })).toContainText('services_do_not_read', {
    timeout: 40_000,
  })
  expect(await accessibilityFaults(page)).toEqual([])

  // Published: seen in the next answer, and taken back in one step.
  await page.getByRole('button', { name: /^Publish version/ }).click()
  await page.getByRole('button', { name: /^Let version \d+ answer/ }).click()
  await expect(page.getByText('In use.', { exact: true })).toBeVisible({ timeout: 20_000 })
  const after = await ask('read', subject, resource)
  expect([after.decision, after.context.reason]).toEqual([false, 'services_do_not_read'])
  await page.goto('/policies')
  await expect(page.getByText(/^Version \d+ answers together/)).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Roll back' }).click()
  await page.getByLabel('Reason').fill('Only a test')
  await page.getByRole('button', { name: 'Let the product’s own policies answer' }).click()
  await expect(page.getByText(/own policies answer alone/)).toBeVisible()
  expect((await ask('read', subject, resource)).decision).toBe(true)
})
