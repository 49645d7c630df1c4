import { accessibilityFaults, expect, test } from './fixtures'

test.describe('ownership, by keyboard alone', () => {
  test('a bulk assignment shows what it would do, is done, and is taken back', async ({ page, signInAs }) => {
    await signInAs('security')
    await page.goto('/inventory?owner=none')
    // The rows are there before their keys are.
    await expect(async () => {
      await page.keyboard.press('j')
      await expect(page.locator('tbody tr:focus-within')).toHaveCount(1, { timeout: 500 })
    }).toPass()
    for (const chosen of ['1 identity selected', '2 identities selected']) {
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await expect(page.getByText(chosen)).toBeVisible()
    }
    const assign = page.getByRole('button', { name: 'Assign owner' })
    await assign.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('option').first()).toBeVisible()
    await dialog.getByPlaceholder('Team, name or e-mail address').focus()
    await page.keyboard.press('Enter')
    await expect(dialog.getByText(/2\s*will change/)).toBeVisible()
    const until = dialog.getByLabel(/^Until/)
    await until.fill('2020-01-01')
    await expect(dialog.getByText('Choose a day after today.')).toBeVisible()
    await until.fill('2099-03-14')
    await expect(dialog.getByText('Until 14 Mar 2099, when they lapse.')).toBeVisible()
    const confirm = dialog.getByRole('button', { name: /^Assign .+ to 2 identities$/ })
    await confirm.focus()
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByText(/assigned to 2 identities until 14 Mar 2099/)).toBeVisible()
    const undo = page.getByRole('button', { name: 'Undo' })
    await undo.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByText('Taken back for 2 identities')).toBeVisible()
  })

  test('an administrator follows and stops a change that somebody else began', async ({ page, signInAs, database }) => {
    const { userId } = await signInAs('admin')
    await database.query(
      `SELECT set_config('app.current_org', (SELECT org_id::text FROM resolve_memberships($1) LIMIT 1), false)`,
      [userId],
    )
    const { rows } = await database.query<{ id: string }>(
      `INSERT INTO bulk_change (org_id, actor_key, actor_label, change, changed, status, total, input, undo_until)
       VALUES (current_setting('app.current_org')::uuid, 'user:' || gen_random_uuid(), 'Sam Other', 'assign', 0, 'queued', 5000,
         '{"label":"Payments"}', now()) RETURNING id`,
    )
    try {
      await page.goto('/settings/organization')
      const panel = page.getByRole('region', { name: 'Changes in the background' })
      await expect(panel.getByText('Sam Other:')).toBeVisible()
      await panel.locator('summary').filter({ hasText: 'Sam Other:' }).focus()
      await page.keyboard.press('Enter')
      expect(await accessibilityFaults(page)).toEqual([])
      await panel.getByRole('button', { name: 'Stop…' }).focus()
      await page.keyboard.press('Enter')
      const confirm = page.getByRole('button', { name: 'Stop it' })
      await confirm.focus()
      await page.keyboard.press('Enter')
      await expect(panel.getByText(/^Stopped by .+: 0 changed, 5,000 not reached\.$/)).toBeVisible()
      await expect(panel.getByRole('button', { name: 'Undo' })).toHaveCount(0)
    } finally {
      await database.query(`DELETE FROM bulk_change WHERE id = $1`, [rows[0]?.id])
    }
  })

  test('an owner says that it is still theirs, and gives one up', async ({ page, signInAs, database }) => {
    const { userId } = await signInAs('member')
    await database.query(
      `SELECT set_config('app.current_org', (SELECT org_id::text FROM resolve_memberships($1) LIMIT 1), false)`,
      [userId],
    )
    await database.query(
      `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state)
       SELECT org_id, id, 'user:' || $1::text, 'Member', 'business', 'assigned' FROM identity WHERE deleted_at IS NULL ORDER BY id LIMIT 2
       ON CONFLICT DO NOTHING`,
      [userId],
    )
    await page.goto('/mine')
    const list = page.getByRole('table', { name: 'My identities' })
    await expect(list.getByText('Never attested').first()).toBeVisible()
    await page.keyboard.press('j')
    await page.keyboard.press('a')
    await expect(page.getByText('1 identity attested')).toBeVisible()
    await expect(list.getByText('Attested', { exact: true }).first()).toBeVisible()
    await page.keyboard.press('j')
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('moved to another team')
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(page.getByText('1 identity given up')).toBeVisible()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('whoever would leave is shown first what nobody would answer for', async ({ page, signInAs }) => {
    await signInAs('member')
    await page.goto('/settings/organization')
    const leave = page.getByRole('button', { name: /^Leave / }).first()
    await leave.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText(/Nobody else answers for|owns nothing|will end/).first()).toBeVisible()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })
})
