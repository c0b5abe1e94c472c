// A viewer's work: zoom, contrast, a normal image beside it, categories, a blind second reading, and agreement.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { windowScenario } from '../support/host.ts';
import { budget } from '../../support/budget.ts';
import { medianVerdictTime } from '../support/verdict-times.ts';
import { openRankedProject } from '../support/images/sample-project.ts';

const percent = (page: Page, at = 0) =>
  page
    .locator('output.zoom')
    .nth(at)
    .innerText()
    .then((text) => Number(text.replace('%', '').trim()));

async function setReviewer(page: Page, name: string, isOwn = false): Promise<void> {
  await page.getByRole('button', { name: /^(Set reviewer|Reviewer: )/ }).click();
  await page.getByLabel('Your name or initials').fill(name);
  await page.getByLabel(/only my own verdicts/).setChecked(isOwn);
  await page.getByRole('button', { name: 'Use this name' }).click();
  const words = `Reviewer: ${name}${isOwn ? ', only own verdicts' : ''}`;
  await page.getByRole('button', { name: words, exact: true }).waitFor();
}

windowScenario('zoom, compare, categories, a blind second reading and agreement', async (my) => {
  await openRankedProject(my);
  const page = my.host.page();
  await goTo(page, 'Review');
  const place = page.locator('.caption .place');
  await place.getByText(/^1 of \d+$/).waitFor();

  // Arrow keys after a click on the tab move the image, not the tab.
  await page.getByRole('tab', { name: 'Gallery' }).click();
  await page.getByRole('tab', { name: 'One by one' }).click();
  await page.keyboard.press('ArrowRight');
  await place.getByText(/^2 of /).waitFor();
  await page.keyboard.press('ArrowLeft');
  await place.getByText(/^1 of /).waitFor();
  await page.getByText(/^Stranger than .* the line/).waitFor();
  await page.locator('.caption').getByText(/#\d+/).waitFor();

  // The wheel zooms at the pointer, the scale is kept for the next image, pixels are hard above 1:1.
  const whole = await percent(page);
  await page.locator('.plate [role="application"]').hover();
  await page.mouse.wheel(0, -300);
  await expect.poll(() => percent(page)).toBeGreaterThan(2 * whole);
  const near = await percent(page);
  await page.locator('.plate img.pixelated').waitFor();
  await page.keyboard.press('ArrowRight');
  await place.getByText(/^2 of /).waitFor();
  expect(await percent(page)).toBe(near);
  await page.keyboard.press('z');
  await expect.poll(() => percent(page)).toBe(100);
  await page.keyboard.press('+');
  await expect.poll(() => percent(page)).toBe(150);
  await page.keyboard.press('0');
  await expect.poll(() => percent(page)).toBe(whole);

  // A normal image beside it, at the same scale wherever one zooms; a click holds another one.
  await page.getByRole('region', { name: 'Nearest normals' }).locator('img').first().waitFor();
  await page.keyboard.press('c');
  await page.getByText(/Nearest normal,\s+0\.\d\d: /).waitFor();
  await page.keyboard.press('+');
  await expect.poll(async () => (await percent(page, 1)) - (await percent(page, 0))).toBe(0);
  await page
    .getByRole('button', { name: /^Hold .* beside the picture$/ })
    .nth(1)
    .click();
  await page.getByText(/Similar image,\s+0\.\d\d: /).waitFor();
  await page.keyboard.press('b');
  await page.locator('.plate img[src$="?auto"]').first().waitFor();
  await page.getByRole('button', { name: 'Reset' }).waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  await page.keyboard.press('b');
  await page.keyboard.press('c');

  // Full screen and back.
  const wide = async () => (await page.locator('.single').boundingBox())!.width;
  const before = await wide();
  await page.keyboard.press(' ');
  await expect.poll(wide).toBeGreaterThan(before + 80);
  await page.keyboard.press(' ');
  await expect.poll(wide).toBe(before);

  // A category of one's own on a key.
  await page.getByLabel('Which images').selectOption('All images');
  await place.getByText(/^1 of \d+$/).waitFor();
  await setReviewer(page, 'Ann');
  await page.getByRole('button', { name: 'Edit categories' }).click();
  await page.getByLabel('Category on key 2').fill('smudge');
  await page.getByRole('button', { name: 'Save categories' }).click();
  await page.getByRole('button', { name: /2 smudge/ }).waitFor();
  const total = Number((await place.innerText()).split(' ')[2]);
  await page.keyboard.press('2');
  await place.getByText(/^2 of /).waitFor();
  for (let at = 2; at <= total; at++) {
    await page.keyboard.press(at <= 4 ? 'a' : 'n');
    if (at < total) await place.getByText(new RegExp(`^${at + 1} of `)).waitFor();
  }
  await page.getByLabel('Category', { exact: true }).selectOption('smudge');
  await place.getByText('1 of 1', { exact: true }).waitFor();
  await page.getByText('smudge by Ann').waitFor();

  // The second reviewer sees neither names nor what the first one found.
  await setReviewer(page, 'Ben');
  await page.getByRole('checkbox', { name: 'Blind' }).check();
  await page.getByText('Blind: name, class, role and score are hidden').waitFor();
  await place.getByText(new RegExp(`^1 of ${total}$`)).waitFor();
  const hidden = await page.locator('main').innerText();
  for (const word of ['.jpg', 'anomaly score', 'Stranger than', 'Ann', 'lymphocyte', 'by Ann']) {
    expect(hidden).not.toContain(word);
  }
  expect(await page.getByRole('tab').count()).toBe(2);
  await page.getByText('Not judged by you yet.').waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  for (let at = 1; at <= total; at++) {
    await page.keyboard.press(at === 1 ? 'a' : 'n');
    if (at < total) await place.getByText(new RegExp(`^${at + 1} of `)).waitFor();
  }
  await page.getByText('the last image of this list').waitFor();
  await page.getByRole('checkbox', { name: 'Blind' }).uncheck();

  // Kappa, and a disagreement settled by key.
  await page.getByRole('tab', { name: 'Agreement' }).click();
  await page.getByText(new RegExp(`${total} images judged by both`)).waitFor();
  await page.getByText(/Cohen’s kappa -?\d\.\d{3}, 95\s%\sinterval/).waitFor();
  const heading = page.getByRole('heading', { name: /disagreements, \d+ to settle/ });
  const [, apart, open] = /(\d+) disagreements, (\d+) to settle/.exec(await heading.innerText())!;
  expect(open).toBe(apart);
  expect(await breachesInBothThemes(page)).toEqual([]);
  await page.keyboard.press('u');
  await page
    .getByRole('heading', {
      name: `${apart!} disagreements, ${String(Number(open) - 1)} to settle`,
    })
    .waitFor();
  await page.getByText('settled: unsure, Ben').waitFor();

  // The record, the table and a copy of a name are whole.
  await page.getByRole('tab', { name: 'One by one' }).click();
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByLabel('All images').check();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const exports = join(my.projectFolder('Cells'), 'exports');
  const table = async () => (await readdir(exports)).find((name) => name.endsWith('.csv'));
  await expect.poll(table, { timeout: 60_000 }).toBeDefined();
  const rows = parse<Record<string, string>>(
    await readFile(join(exports, (await table())!), 'utf8'),
    { columns: true, bom: true },
  );
  await page.getByRole('button', { name: 'Close' }).last().click();
  expect(rows.filter((row) => row['Image_Normscope_Verdict'] === 'unsure')).toHaveLength(1);
  await page.getByRole('tab', { name: 'Record' }).click();
  await page.locator('td.name [title]').first().waitFor();
  const [shown, copied] = await page.evaluate<[string, string]>(`(() => {
    const cell = document.querySelector('td.name');
    getSelection().selectAllChildren(cell);
    return [cell.querySelector('[title]').title, getSelection().toString().trim()];
  })()`);
  expect(copied).toMatch(/^\S+\.jpg$/);
  expect(shown.endsWith(`/${copied}`)).toBe(true);

  // From a verdict to the next image, with heat map and zoom.
  await page.getByRole('tab', { name: 'One by one' }).click();
  await setReviewer(page, 'Cleo', true);
  await page.getByLabel('Which images').selectOption('All images');
  await place.getByText(new RegExp(`^1 of ${total}$`)).waitFor();
  await page.keyboard.press('h');
  await page.locator('.plate canvas').waitFor({ timeout: 60_000 });
  await page.keyboard.press('+');
  await budget('window: verdict to next image, with heat map and zoom', () =>
    medianVerdictTime(page, 8),
  );

  // The dataset in view is carried along.
  await goTo(page, 'Images');
  await page.getByRole('tab', { name: /^natural images/ }).click();
  await page.getByRole('tab', { name: /^blood cells/ }).click();
  await goTo(page, 'Review');
  expect(await page.getByLabel('Images', { exact: true }).inputValue()).toBe('blood cells');
});
