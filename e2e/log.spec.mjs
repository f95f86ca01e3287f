// The log: what Erlang's logger lets through arrives with its level, can be narrowed down, copied and saved.
import { readFile } from 'node:fs/promises';

import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts, context }) => {
  const site = await hosts.site({ headers: 'isolated' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(site.url).origin });
  console = new Console(page);
  await console.open(site.url);
  await page.getByRole('button', { name: /^Log/ }).click();
});

const lines = () => console.by('log-view').getByRole('listitem');

test('events of the logger arrive with their level and their process', async ({ page }) => {
  // The page itself may log between, such as a pack that is in use now.
  const heard = page.evaluate(
    () => new Promise((resolve) => globalThis.atomvm.on('log', (line) => line.source === 'erlang' && resolve(line))),
  );
  await console.ask('eval', 'logger:error("~p sank at ~p", [ship, sea]).');
  expect(await heard).toEqual({
    at: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
    level: 'error',
    source: 'erlang',
    pid: expect.stringMatching(/^<0\.\d+\.0>$/),
    text: 'ship sank at sea',
  });
  const line = lines().filter({ hasText: 'ship sank at sea' });
  await expect(line).toContainText('error');
  await expect(line).toHaveAttribute('data-level', 'error');
});

test('the primary level decides what is logged', async () => {
  await console.ask('eval', 'logger:info("too low"), logger:set_primary_config(level, debug), logger:debug("low enough").');
  await expect(lines().filter({ hasText: 'low enough' })).toHaveCount(1);
  await expect(lines().filter({ hasText: 'too low' })).toHaveCount(0);
});

test('the log outlives the process that keeps its settings', async () => {
  await console.ask('eval', 'exit(whereis(ets_keeper), kill).');
  await expect(async () => {
    await console.ask('eval', 'logger:error("still here").');
    await expect(lines().filter({ hasText: 'still here' }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test('the death of an OTP process is told in a readable report', async () => {
  await console.ask('eval', '{ok, P} = gen_event:start(), proc_lib:spawn(fun() -> erlang:error(sunk) end), P.');
  const report = lines().filter({ hasText: 'sunk' });
  await expect(report).toContainText('crasher');
  await expect(report).toContainText('initial call');
});

test('the log is narrowed down by level and text, copied and saved', async ({ page }) => {
  await console.ask('eval', '[logger:warning("w~p", [N]) || N <- [1, 2]], logger:error("e1"), logger:notice("n1").');
  await expect(lines().filter({ hasText: 'n1' })).toHaveCount(1);
  await page.getByLabel('Least level shown').selectOption('Warning and up');
  await expect(lines().filter({ hasText: 'n1' })).toHaveCount(0);
  await page.getByLabel('Show lines that hold this text').last().fill('w');
  await page.getByLabel('Least level shown').selectOption('Error and up');
  await expect(lines().filter({ hasText: 'w1' })).toHaveCount(0);
  await page.getByLabel('Least level shown').selectOption('All levels');
  await page.getByLabel('Show lines that hold this text').last().fill('w2');
  await expect(lines()).toHaveCount(1);
  await page.getByRole('button', { name: 'Copy these lines' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^\d\d:\d\d:\d\d warning \[erlang <0\.\d+\.0>\] w2\n$/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save these lines as a file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('console.log');
  expect(await readFile(await file.path(), 'utf8')).toBe(copied);
  await page.getByRole('button', { name: 'Clear the log' }).click();
  await expect(lines()).toHaveCount(0);
});

test('a flood is bounded, and what was dropped is counted', async ({ page }) => {
  await console.ask('eval', '[logger:warning("flood ~p", [N]) || N <- lists:seq(1, 1500)], ok.');
  await expect(lines().last()).toContainText('flood 1500');
  await expect(page.locator('#log')).toContainText(/\d+ older lines dropped/);
});
