import { accessibilityFaults, expect, test } from './fixtures'
import { takePictures } from './pictures'
import { identityOf, inProduct, letsIn, onServer, openSession } from './shop-server'

// The kill switch of an AI agent: what it alone acts by is cut off at the demo's live PostgreSQL connection, what others use too is
// told and left. What the page says is held against plain logins from outside.

test.describe.configure({ mode: 'serial', timeout: 120_000 })

const own = { name: 'metrics_exporter', password: 'password-that-only-the-agent-has-1' }
const shared = { name: 'partner_feed', password: 'password-that-others-have-too-1' }

test.beforeAll(async () => {
  for (const { name, password } of [own, shared])
    await onServer(`ALTER ROLE ${name} LOGIN PASSWORD '${password}' VALID UNTIL 'infinity' CONNECTION LIMIT -1`)
})

test('an agent is stopped: its own account is refused, the one that others use goes on', async ({ page, signInAs }) => {
  await signInAs('security')
  // The agents come from the configuration of a client, as people bring it in.
  const config = {
    mcpServers: {
      ledger: { command: 'npx', args: ['ledger-tools'] },
      stock: { command: 'npx', args: ['stock-tools'] },
    },
  }
  await page.goto('/import')
  await page.locator('input[type=file]:not([data-folder])').setInputFiles({
    ...{ name: 'claude_desktop_config.json', mimeType: 'application/json' },
    buffer: Buffer.from(JSON.stringify(config)),
  })
  await expect(page).toHaveURL(/\/import\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: /^Apply \d+ new/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Apply/ })
    .click()
  await expect(page.getByText(/^Applied: \d+ new/)).toBeVisible({ timeout: 30_000 })
  const agentOf = async (name: string): Promise<{ id: string; name: string }> => {
    const answer = await page.request.get(`/api/v1/identities?q=${name}&kind=ai_agent&limit=20`)
    const { items } = await answer.json()
    expect(items, name).toHaveLength(1)
    return items[0]
  }
  const [agent, rival] = [await agentOf('ledger'), await agentOf('stock')]
  const accounts = { own: await identityOf(page, own.name), shared: await identityOf(page, shared.name) }
  // No file format tells of an agent that signs in to somebody else's database: the edges are written as one would.
  for (const [no, [from, to]] of [
    [agent.id, accounts.own],
    [agent.id, accounts.shared],
    [rival.id, accounts.shared],
  ].entries())
    await inProduct(
      `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_id, from_ref, to_type, to_id, to_ref, effect, basis)
       SELECT f.org_id, f.source_id, $3, 'delegates_to', 'identity', f.id, f.external_id, 'identity', t.id, t.external_id, 'allow', 'declared'
       FROM identity f JOIN identity t ON t.org_id = f.org_id AND t.id = $2 WHERE f.id = $1
       ON CONFLICT DO NOTHING`,
      [from, to, `kill-switch-${no}`],
    )

  const [mine, theirs] = [await openSession(own.name, own.password), await openSession(shared.name, shared.password)]
  await page.goto(`/inventory/${agent.id}`)
  await page.getByRole('button', { name: 'Kill switch' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: `Stop ${agent.name}?` })
  await expect(dialog).toContainText('1 of 2 identities can be done.')
  const told = dialog.getByRole('listitem').filter({ hasText: `${shared.name}, used by 1 other` })
  await expect(told).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect([await letsIn(own.name, own.password), mine.isOpen()]).toEqual([true, true])
  // Nothing here can switch off the agent's own process: that is said, and left out by a person.
  await expect(dialog).toContainText('No live connection reads the source of')
  await dialog.getByRole('button', { name: 'Leave it out' }).press('Enter')
  await expect(dialog.getByText('What will be done')).toBeVisible()
  await expect(told).toBeVisible()
  await dialog.getByLabel(/^Its secret/).fill(own.password)
  await dialog.getByRole('button', { name: 'Suspicious use' }).press('Enter')
  await dialog.getByRole('button', { name: `Revoke ${own.name}` }).press('Enter')
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('region', { name: 'What has been shown' })).toContainText('Login refused')
  expect(await letsIn(own.name, own.password)).toBe(false)
  expect(await letsIn(shared.name, shared.password)).toBe(true)
  expect([mine.isOpen(), theirs.isOpen()]).toEqual([false, true])
  // What is left of it is told hop by hop.
  const hops = page.getByRole('region', { name: 'Where access ends' })
  await expect(hops).toContainText('member of pg_monitor')
  await expect(hops).toContainText('Nothing can use it while the account is off.')
  await expect(hops).toContainText('Copies of its secret')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await takePictures(page, 'run-kill-switch')
  await theirs.end()
  await mine.end()
})
