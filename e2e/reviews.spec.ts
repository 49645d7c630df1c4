import type { Page } from '@playwright/test'
import { accessibilityFaults, expect, test } from './fixtures'

// A campaign as people run it in the browser: built by security, reviewed by keyboard alone, signed off, and looked at by an auditor.

test.describe.configure({ mode: 'serial', timeout: 300_000 })

const name = `Everything that we have, ${Date.now()}`
const reviewed = 100
let address = ''

/** Everything that a pointer has done on any of the test's pages, told by the pages themselves. */
async function watchPointers(page: Page): Promise<string[]> {
  const seen: string[] = []
  await page.exposeFunction('pointerSeen', (what: string) => seen.push(what))
  await page.addInitScript(() => {
    const { pointerSeen } = window as unknown as { pointerSeen: (what: string) => void }
    for (const type of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'wheel', 'dblclick']) {
      window.addEventListener(type, (event) => pointerSeen(`${type} on ${String(event.target)}`), { capture: true })
    }
    // A click that a key makes has no count.
    window.addEventListener('click', (event) => (event.detail > 0 ? pointerSeen('click') : undefined), {
      capture: true,
    })
  })
  return seen
}

/** Chooses a person for a field of the builder. */
async function choose(page: Page, field: string, person: string): Promise<void> {
  const group = page.getByRole('group', { name: field })
  await group.getByRole('button', { name: `${field}: choose` }).click()
  await group.getByRole('combobox', { name: 'Owner' }).fill(person)
  await group
    .getByRole('option', { name: new RegExp(person, 'i') })
    .first()
    .click()
}

test('a campaign is built beside its preview, and launched when one has read what it does', async ({
  page,
  signInAs,
}) => {
  await signInAs('security')
  await page.goto('/reviews')
  await expect(page.getByRole('heading', { name: 'Reviews', exact: true })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('link', { name: 'New campaign' }).first().click()
  await expect(page.getByRole('region', { name: 'Templates' })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: /^Privileged/ }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  // Everybody's identities go to one reviewer, who owns none of them.
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByRole('button', { name: 'Named people or teams' }).click()
  for (const source of ['The owner', 'The backup owner', 'The lead of the owner’s team']) {
    const out = page.getByRole('button', { name: `${source}: do not ask` })
    if ((await out.count()) > 0) await out.first().click()
  }
  for (const extra of await page.getByRole('button', { name: /^Take stage [23] out$/ }).all()) await extra.click()
  await choose(page, 'Named in stage 1', 'reviewer@demo.example')
  await page.getByRole('radio', { name: /^Keep it/ }).check()
  await page.getByText('How careful reviewers have to be').click()
  const notes = page.getByRole('group', { name: 'Always with a note' })
  for (const decision of ['Certify', 'Revoke']) await notes.getByLabel(decision, { exact: true }).uncheck()
  await page.getByLabel('Certifying needs a note from a blast radius on').uncheck()
  await page.getByLabel('Decided one by one from a blast radius on').uncheck()
  const preview = page.getByRole('region', { name: 'What it would be' })
  await expect(preview.getByRole('region', { name: 'Who is asked' }).getByRole('listitem').first()).toBeVisible()
  await expect(preview.getByRole('region', { name: 'If nobody decided anything' })).toBeVisible()
  await expect(preview.locator('[aria-busy=true]')).toHaveCount(0)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Keep as a draft' }).click()
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}$/)
  address = page.url()
  // A draft is what it was after a reload, and nobody was asked.
  await page.reload()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name)
  await expect(page.getByText('A draft; nobody has been asked.')).toBeVisible()
  await page.getByRole('button', { name: 'Launch…' }).click()
  const dialog = page.getByRole('dialog', { name: `Launch ${name}?` })
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const typed = dialog.getByLabel(/^Type launch/)
  if ((await typed.count()) > 0) await typed.fill('launch')
  await dialog.getByRole('button', { name: /^Ask 1 reviewer about/ }).click()
  await expect(page.getByRole('region', { name: 'What came of it' })).toBeVisible({ timeout: 120_000 })
  await expect(page.getByRole('region', { name: 'Reviewers' }).getByRole('listitem').first()).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  for (const tab of ['Items', 'Quality', 'Record']) {
    await page
      .getByRole('navigation', { name: `Views of ${name}` })
      .getByRole('link', { name: tab })
      .click()
    await expect(page).toHaveURL(/tab=/)
    expect.soft(await accessibilityFaults(page)).toEqual([])
  }
})

test(`${reviewed} items are decided by keyboard alone, and signed off`, async ({ page, signInAs }) => {
  await signInAs('reviewer')
  const pointers = await watchPointers(page)
  await page.goto('/to-review')
  await expect(page.getByRole('list', { name: 'My open reviews' })).toContainText(name)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  // By the keyboard from the inbox to the desk.
  await page.getByRole('link', { name: `Review ${name}`, exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/decide/)
  const list = page.getByRole('listbox', { name: `Items of ${name}` })
  await expect(list).toBeFocused()
  await expect(page.getByRole('region', { name: 'Evidence' }).getByRole('article')).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const decided = page.getByText(/^\d[\d,]* of [\d,]+ decided/)
  const total = Number((await decided.innerText()).replace(/^.* of ([\d,]+) decided.*$/s, '$1').replaceAll(',', ''))
  expect(total).toBeGreaterThanOrEqual(reviewed)
  // J and K move, and decide nothing.
  const current = () => list.getAttribute('aria-activedescendant')
  const first = await current()
  await page.keyboard.press('j')
  await expect.poll(current).not.toBe(first)
  await page.keyboard.press('k')
  await expect.poll(current).toBe(first)
  await expect(decided).toContainText(/^0 of/)
  for (let done = 0; done < reviewed; done += 1) {
    const item = await current()
    await expect(page.getByRole('region', { name: 'Evidence' }).getByRole('article')).toBeVisible()
    await page.keyboard.press(done % 10 === 3 ? 'r' : 'a')
    await expect(decided).toContainText(new RegExp(`^${done + 1} of`))
    if (done + 1 < total) await expect.poll(current).not.toBe(item)
  }
  // U takes back the last, again and again; what was taken back is decided anew.
  await page.keyboard.press('u')
  await expect(decided).toContainText(new RegExp(`^${reviewed - 1} of`))
  await page.keyboard.press('u')
  await expect(decided).toContainText(new RegExp(`^${reviewed - 2} of`))
  await page.keyboard.press('a')
  await page.keyboard.press('a')
  await expect(decided).toContainText(new RegExp(`^${reviewed} of [\\d,]+ decided$`))
  // Drafts are there after a reload.
  await page.reload()
  await expect(page.getByText(new RegExp(`^${reviewed} of`))).toBeVisible()
  await expect(page.getByRole('listbox')).toBeFocused()
  // The help lists the keys, and they do nothing while it is open.
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Certify')
  await page.keyboard.press('a')
  await page.keyboard.press('Escape')
  await expect(page.getByText(new RegExp(`^${reviewed} of`))).toBeVisible()
  await page.getByRole('listbox').focus()
  await page.keyboard.press('f')
  await expect(page).toHaveURL(/\/sign-off$/)
  await expect(page.getByRole('region', { name: 'What signing off does' })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: `Sign off ${reviewed} decisions` }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: `${reviewed} decisions are final.` })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  expect(pointers).toEqual([])
})

test('keys can be others, and off; none works outside the list and its evidence', async ({ page, signInAs }) => {
  await signInAs('reviewer')
  await page.goto(`${address}/decide`)
  await expect(page.getByRole('listbox')).toBeFocused()
  const decided = page.getByText(/^\d[\d,]* of [\d,]+ decided/)
  const before = await decided.innerText()
  await page.getByRole('button', { name: 'Keys of this review' }).click()
  const dialog = page.getByRole('dialog', { name: 'Keys of this review' })
  await dialog.getByRole('button', { name: /^Certify: A?/i }).click()
  await page.keyboard.press('r')
  await expect(dialog.getByText('“Revoke” has this key.')).toBeVisible()
  await page.keyboard.press('c')
  await expect(dialog.getByRole('button', { name: 'Certify: c, change' })).toBeVisible()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('listbox')).toBeFocused()
  await page.keyboard.press('a')
  await expect(decided).toHaveText(before)
  await page.keyboard.press('c')
  await expect(decided).not.toHaveText(before)
  await page.keyboard.press('u')
  await expect(decided).toHaveText(before)
  // Outside the workspace the keys do nothing.
  await page.getByRole('link', { name: 'Overview' }).focus()
  await page.keyboard.press('c')
  await expect(decided).toHaveText(before)
  await page.getByRole('button', { name: 'Keys of this review' }).click()
  await dialog.getByRole('switch', { name: 'Keys are on' }).uncheck()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('listbox').focus()
  await page.keyboard.press('c')
  await expect(decided).toHaveText(before)
})

test('many are decided together only when their evidence is equal', async ({ page, signInAs }) => {
  await signInAs('reviewer')
  await page.goto(`${address}/decide?by=groups`)
  const groups = page.getByRole('region', { name: 'Groups of equal evidence' })
  const alone = groups.getByRole('button', { name: 'Decide one by one' })
  await expect(groups.getByRole('listitem').or(alone).first()).toBeVisible()
  for (const group of await groups.locator('li[aria-label]').all())
    expect(await group.getAttribute('aria-label')).toMatch(/^([2-9]|\d{2,}) items like /)
  expect.soft(await accessibilityFaults(page)).toEqual([])
})

test('on a phone one item is decided at a time, by large buttons', async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signInAs('reviewer')
  await page.goto(`${address}/decide`)
  const bar = page.getByRole('toolbar', { name: 'Decide' })
  const decided = page.getByText(/^\d[\d,]* of [\d,]+ decided/)
  await expect(decided).toBeInViewport()
  const certify = bar.getByRole('button', { name: /^Certify/ })
  await expect(certify).toBeInViewport()
  expect((await certify.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  await expect(page.getByRole('listbox')).toBeHidden()
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(isWide).toBe(false)
  const before = await decided.innerText()
  await certify.click()
  await expect(decided).not.toHaveText(before)
  await bar.getByRole('button', { name: 'Undo' }).click()
  await expect(decided).toHaveText(before)
  for (const path of ['', '/sign-off', '?tab=items', '?tab=record']) {
    await page.goto(`${address}${path}`)
    expect.soft(await accessibilityFaults(page)).toEqual([])
  }
})

test('an auditor sees every decision and its evidence, and decides nothing; others do not see it', async ({
  page,
  signInAs,
}) => {
  await signInAs('auditor')
  await page.goto(`${address}?tab=items&state=signed`)
  await page.getByRole('table', { name: 'Items' }).getByRole('link').first().click()
  const item = page.getByRole('dialog', { name: /^Item \d+/ })
  await expect(item.getByRole('region', { name: 'Recommendation' })).toBeVisible()
  await expect(item.getByRole('region', { name: 'Who reviews it' })).toContainText('signed off')
  expect.soft(await accessibilityFaults(page)).toEqual([])
  const about = await item.getByRole('link', { name: 'The identity as it is now' }).getAttribute('href')
  await page.goto(`${address}?tab=record`)
  await expect(page.getByRole('region', { name: 'What was frozen' })).toContainText('Hash of the evidence')
  await expect(page.getByRole('region', { name: 'Report' })).toContainText('made when every item has its outcome')
  await page.goto(`${about}?tab=history`)
  await expect(page.getByRole('region', { name: 'Decisions in reviews' })).toContainText(name)
  expect.soft(await accessibilityFaults(page)).toEqual([])
  await signInAs('member')
  await page.goto(address)
  await expect(page.getByText('You may not see the campaign')).toBeVisible()
})

// The pictures of the documentation. SCREENSHOTS=docs/screenshots npm test -- e2e e2e/reviews.spec.ts
const folder = process.env.SCREENSHOTS
for (const theme of folder ? (['light', 'dark'] as const) : []) {
  for (const width of [1440, 390]) {
    test(`pictures in ${theme} at ${width}`, async ({ page, signInAs }) => {
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
      const take = async (picture: string, path: string, fullPage = false) => {
        await page.goto(path)
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
        await page.waitForTimeout(600)
        const file = `${folder}/${picture}-${theme}${width === 1440 ? '' : `-${width}`}.png`
        await page.screenshot({ path: file, fullPage })
      }
      await signInAs('security')
      await take('reviews', '/reviews')
      await take('review-builder', '/reviews/new?template=privileged', width === 390)
      await take('review-progress', address)
      await take('review-items', `${address}?tab=items`)
      await take('review-quality', `${address}?tab=quality`)
      await signInAs('reviewer')
      await take('to-review', '/to-review')
      await take('review-workspace', `${address}/decide`)
      await take('review-groups', `${address}/decide?by=groups`)
      await take('review-sign-off', `${address}/sign-off`)
    })
  }
}
