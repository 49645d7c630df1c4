import type { Page } from '@playwright/test'
import { accessibilityFaults, expect, mintSession, test } from './fixtures'

test.describe.configure({ timeout: 240_000 })

const table = (page: Page) => page.getByRole('table', { name: /^Resources that .* reaches$/ })
const picture = (page: Page) => page.getByRole('application', { name: /^Picture of what/ })

/** Nothing is on its way any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('region', { name: 'Blast radius', exact: true })).toBeVisible()
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0)
}

/** The tab of the first identity that reaches something by a role: it has a matrix, ways and a picture. */
async function openTab(page: Page): Promise<string> {
  await page.goto('/inventory?privilege=admin,secret_read&sort=privilege&dir=desc')
  const links = page.getByRole('table').locator('tbody a[href^="/inventory/"]')
  await expect(links.first()).toBeVisible()
  for (let row = 0; row < Math.min(8, await links.count()); row += 1) {
    const href = (await links.nth(row).getAttribute('href'))?.split('?')[0] ?? ''
    const answer = await page.request.get(`/api/v1/identities/${href.split('/').at(-1)}/blast-radius/resources`)
    const { items } = (await answer.json()) as { items: { path: unknown[] }[] }
    if (items.some(({ path }) => path.length > 1)) {
      await page.goto(`${href}?tab=blast-radius`)
      await settled(page)
      return href
    }
  }
  throw new Error('No identity of the demo reaches anything by more than one step.')
}

test('by keyboard alone: from a row to the tab, from the matrix to the rows, a way, the picture', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  const address = await openTab(page)
  const id = address.split('/').at(-1)
  await page.goto('/inventory?privilege=admin,secret_read&sort=privilege&dir=desc')
  const link = page.getByRole('table').locator(`a[href^="/inventory/${id}"]`).first()
  await link.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/inventory/${id}`))
  await page.getByRole('link', { name: 'Blast radius', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/tab=blast-radius/)
  await settled(page)

  const matrix = page.getByRole('table', { name: 'Resources by system and privilege' })
  const cell = matrix.locator('tbody td button').first()
  const count = Number(((await cell.textContent()) ?? '').replaceAll(',', ''))
  await cell.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/level=/)
  await expect(page).toHaveURL(/system=/)
  await expect(cell).toHaveAttribute('aria-pressed', 'true')
  await expect(table(page)).toHaveAttribute('aria-rowcount', String(count + 1))
  await settled(page)

  const row = table(page).locator('tr[aria-rowindex="2"]')
  await row.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/open=/)
  const panel = page.getByRole('dialog')
  await expect(panel.getByRole('region', { name: 'Way', exact: true }).getByRole('listitem').first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(page).not.toHaveURL(/open=/)

  const nodes = picture(page).getByRole('button')
  await expect(nodes.first()).toBeVisible()
  await picture(page).locator('[data-node][tabindex="0"]').focus()
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-node'))
  const start = await focused()
  expect(start).toBe(id)
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).not.toBe(start)
  const next = await focused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/node=/)
  await expect(picture(page).locator(`[data-node="${next}"]`)).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('button', { name: 'Show all ways' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Show all ways' })).toHaveCount(0)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(focused).toBe(start)
})

test('a press on the background of the picture gives it the wheel and the keys, and the page stays', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await openTab(page)
  await expect(picture(page).getByRole('button').first()).toBeVisible()
  await picture(page).scrollIntoViewIfNeeded()
  const { x = 0, y = 0, height = 0 } = (await picture(page).boundingBox()) ?? {}
  const scale = async () => {
    const transform = (await picture(page).locator('svg > g').getAttribute('transform')) ?? ''
    return Number(/scale\(([\d.]+)\)/.exec(transform)?.[1])
  }
  const scrolled = () => page.evaluate(() => [window.scrollY, document.querySelector('main')?.scrollTop])
  const before = { scale: await scale(), scrolled: await scrolled() }
  await page.mouse.click(x + 8, y + height - 8)
  await expect(picture(page)).toBeFocused()
  expect(await scrolled()).toEqual(before.scrolled)
  await page.keyboard.press('-')
  await expect.poll(scale).toBeLessThan(before.scale)
  const less = await scale()
  await page.mouse.wheel(0, -200)
  await expect.poll(scale).toBeGreaterThan(less)
  expect(await scrolled()).toEqual(before.scrolled)
  await page.keyboard.press('ArrowRight')
  await expect(picture(page).locator('[data-node]:focus')).toHaveCount(1)
})

test('a cut is thought of, shows its effect, and is taken back, by keyboard', async ({ page, signInAs, context }) => {
  await signInAs('security')
  await openTab(page)
  await page.getByRole('button', { name: 'What if…' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/what-if=none/)
  const section = page.getByRole('region', { name: 'What if', exact: true })
  const box = section.getByRole('list', { name: 'Steps' }).getByRole('checkbox').first()
  await box.focus()
  await page.keyboard.press('Space')
  await expect(page).toHaveURL(/what-if=e/)
  const figures = section.getByRole('table', { name: 'Figures now and with the changes' })
  await expect(figures.getByRole('row', { name: /^Resources/ })).toContainText('−')
  await expect(section.getByText(/It would lose access to [\d,]+ resource/)).toBeVisible()
  const score = await figures.getByRole('row', { name: /^Blast radius/ }).innerText()

  // The picture marks where the way would end, and what would be lost is told to a screen reader too.
  const marks = picture(page).locator('[data-cut]')
  await expect(marks.first()).toBeAttached()
  await expect(page.getByRole('status').filter({ hasText: 'With the changes thought of' })).toBeVisible()
  await expect(
    picture(page)
      .getByRole('button', { name: /would be lost|of \d+ lost|left$/ })
      .first(),
  ).toBeAttached()

  // The same thought in another window.
  const other = await context.newPage()
  await other.goto(page.url())
  const there = other.getByRole('table', { name: 'Figures now and with the changes' })
  await expect(there.getByRole('row', { name: /^Blast radius/ })).toHaveText(score, { useInnerText: true })
  await expect(other.getByRole('list', { name: 'Changes thought of' })).not.toContainText('not known here')
  await other.close()

  await section.getByRole('button', { name: 'Make it so…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Roles, rights and ways are not changed from here')).toBeVisible()
  await expect(dialog.getByRole('region', { name: 'Changes' })).toContainText('Remove:')
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Download CSV' }).click()
  expect((await download).suggestedFilename()).toMatch(/^changes-.*\.csv$/)
  await page.keyboard.press('Escape')

  await section.getByRole('button', { name: /^Take back/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/what-if=none/)
  await expect(figures).toHaveCount(0)
  await expect(box).not.toBeChecked()
  await expect(marks).toHaveCount(0)
})

test('a change that cannot be worked out is named, and left out by one click', async ({ page, signInAs }) => {
  await signInAs('security')
  const address = await openTab(page)
  // An edge that is nobody's.
  await page.goto(`${address}?tab=blast-radius&what-if=e${'A'.repeat(22)}`)
  const section = page.getByRole('region', { name: 'What if', exact: true })
  await expect(section.getByText('1 change cannot be worked out')).toBeVisible()
  await expect(section.getByRole('list', { name: 'Changes thought of' })).toContainText('There is no such edge')
  await expect(section.getByRole('table', { name: 'Figures now and with the changes' })).toHaveCount(0)
  expect(await accessibilityFaults(page)).toEqual([])
  await section.getByRole('button', { name: 'Leave it out' }).click()
  await expect(page).toHaveURL(/what-if=none/)
  await expect(section.getByText('1 change cannot be worked out')).toHaveCount(0)
})

for (const theme of ['light', 'dark'] as const) {
  test(`the tab has no accessibility fault in ${theme}, with and without a what-if`, async ({ page, signInAs }) => {
    await signInAs('security')
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const address = await openTab(page)
    expect(await accessibilityFaults(page)).toEqual([])
    await page.goto(`${address}?tab=blast-radius&what-if=none`)
    await settled(page)
    await page
      .getByRole('region', { name: 'What if', exact: true })
      .getByRole('list', { name: 'Steps' })
      .getByRole('checkbox')
      .first()
      .check()
    await expect(page.getByRole('table', { name: 'Figures now and with the changes' })).toBeVisible()
    await settled(page)
    expect(await accessibilityFaults(page)).toEqual([])
  })
}

test('it fits a telephone, and the picture is saved as SVG and PNG', async ({ page, signInAs }) => {
  await signInAs('security')
  await page.setViewportSize({ width: 390, height: 844 })
  await openTab(page)
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBeLessThanOrEqual(0)
  for (const format of ['SVG', 'PNG']) {
    await page.getByRole('button', { name: 'Save picture' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click()
    const file = await download
    expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${format.toLowerCase()}$`))
    const stream = await file.createReadStream()
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const content = Buffer.concat(chunks)
    if (format === 'SVG') {
      expect(content.toString()).toContain('@font-face')
      expect(content.toString()).not.toContain('var(--')
    } else expect(content.subarray(1, 4).toString()).toBe('PNG')
  }
})

test('in another browser the address shows the same, and nothing is there for another organization', async ({
  page,
  signInAs,
  browser,
  database,
}) => {
  await signInAs('security')
  const address = await openTab(page)
  await page.goto(`${address}?tab=blast-radius&sort=name&dir=asc`)
  await settled(page)
  const shown = await table(page).locator('tr[aria-rowindex="2"]').innerText()

  const elsewhere = await browser.newContext()
  await mintSession(database, elsewhere, 'auditor')
  const same = await elsewhere.newPage()
  await same.goto(page.url())
  await expect(table(same).locator('tr[aria-rowindex="2"]')).toHaveText(shown, { useInnerText: true })
  await elsewhere.close()

  const stranger = await browser.newContext()
  const { sessionId } = await mintSession(database, stranger, 'admin')
  await database.query(
    `UPDATE session SET active_org_id = (
       SELECT m.org_id FROM resolve_memberships(user_id) m WHERE m.org_slug <> 'demo' ORDER BY m.org_slug LIMIT 1)
     WHERE id = $1`,
    [sessionId],
  )
  const nothing = await stranger.newPage()
  const answer = await nothing.goto(page.url())
  expect(answer?.status()).toBe(404)
  await expect(nothing.getByRole('heading', { level: 1 })).toContainText('There is nothing at this address')
  const api = `${new URL(page.url()).origin}/api/v1/identities/${address.split('/').at(-1)}/blast-radius`
  expect((await nothing.request.get(api)).status()).toBe(404)
  await stranger.close()
})
