// Service levels: what the page measures, shows, keeps, refuses, and how faults and load show in it.
import { readFile } from 'node:fs/promises';

import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

const report = () => console.ask('sloReport');
const operation = async (name) => (await report()).operations.find((each) => each.name === name);

/** Gives the service levels the whole width, as a person would. */
async function widen(page) {
  await page.getByRole('button', { name: /^More/ }).click();
  await expect(page.getByRole('heading', { name: 'Latency' })).toBeVisible();
}

/** Fills the load generator's form and starts it. */
async function load(page, fields) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await console.by('load-start').click();
}

async function ended() {
  await expect(console.by('load-result')).toHaveAttribute('data-state', 'ended', { timeout: 60_000 });
}

async function inject(page, fields) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await console.by('faults-switch').click();
  await expect(console.by('faults-state')).toContainText('on');
}

test('sloReport tells objectives, windows, budgets, burn rates, alerts, breakers and histograms', async () => {
  for (let count = 0; count < 5; count += 1) await console.ask('call', 'echo', count);
  const told = await report();
  for (const part of ['objectives', 'windows', 'budgets', 'burnRates', 'alerts', 'breaker', 'histograms']) {
    expect(told, part).toHaveProperty(part);
  }
  expect(told.budgets['overall-availability']).toMatchObject({ spent: 0, left: 1 });
  const call = await operation('call');
  expect(call).toMatchObject({ answered: 5, errors: 0, breaker: 'closed' });
  // The worker's own share and what is left of the whole are told apart.
  expect(call.vm.count).toBe(5);
  expect(call.transport.count).toBe(5);
  expect(call.vm.p50).toBeLessThanOrEqual(call.latency.p50);
});

test('the panel shows each operation, budgets, alerts and breaker in words', async () => {
  await console.ask('call', 'echo', 1);
  const panel = console.by('sla-panel');
  await expect(console.by('sla-row-call')).toContainText('breaker closed');
  await expect(console.by('breaker-state')).toHaveText('closed');
  await expect(console.by('budget-overall-availability')).toContainText('100.0 % left');
  await expect(console.by('budget-compile-latency')).toContainText('no traffic');
  await expect(console.by('alert-overall-availability-fast')).toHaveAttribute('data-state', 'inactive');
  await expect(panel).toContainText('Nothing was left out');
});

test('failing roundtrips fire an alert, open the breaker and are refused with what it protects', async ({ page }) => {
  await page.evaluate(() => {
    globalThis.alerts = [];
    globalThis.atomvm.on('alert', (alert) => globalThis.alerts.push(alert));
  });
  await widen(page);
  await inject(page, { 'Added latency': '', Failing: '100' });
  await load(page, { 'Per second, or users': '100', For: '2', 'Weight of eval': '0' });
  await expect(console.by('breaker-state')).toContainText('open for call');
  const alert = console.by('alert-overall-availability-fast');
  await expect(alert).toHaveAttribute('data-state', 'firing');
  const told = await page.evaluate(() => globalThis.alerts.find(({ alert }) => alert === 'overall-availability-fast'));
  expect(told).toMatchObject({ objective: 'overall-availability', severity: 'page', from: 'inactive', to: 'firing' });
  expect(told.at).toBeGreaterThan(1.7e12);
  await ended();
  // A probe may pass and fail; then the breaker is open for longer.
  await expect
    .poll(async () => (await console.ask('call', 'echo', 1)).rejected)
    .toMatchObject({
      code: 'circuit_open',
      details: { protects: 'overall-availability', retry_after_ms: expect.any(Number) },
    });
  const call = await operation('call');
  expect(call.refused).toBeGreaterThan(0);
  expect(call.errors).toBeLessThan(200);
  // Half-open probes close it again once the faults are off.
  await console.by('faults-switch').click();
  await expect(console.by('faults-state')).toHaveText('off');
  await expect
    .poll(async () => {
      await console.ask('call', 'echo', 1);
      return console.by('breaker-state').textContent();
    })
    .toBe('closed');
});

test('a VM frozen for two seconds under an open load shows in p99', async ({ page }) => {
  await widen(page);
  await inject(page, { 'Added latency': '' });
  await load(page, { 'Per second, or users': '100', For: '6', 'Weight of eval': '0' });
  await expect.poll(async () => (await operation('call')).answered).toBeGreaterThan(50);
  await console.by('fault-freeze').click();
  await ended();
  const call = await operation('call');
  // 600 are sent and 200 of them wait up to two seconds.
  expect(call.answered).toBe(600);
  expect(call.latency.p99).toBeGreaterThan(1_000);
  expect(call.latency.p50).toBeLessThan(1_000);
  await expect(console.by('load-result')).toContainText('600');
});

test('a killed VM restarts and the roundtrips in its hands are errors', async ({ page }) => {
  await widen(page);
  await inject(page, { 'Added latency': '' });
  const open = page.evaluate(() => globalThis.atomvm.eval('timer:sleep(60000).').catch(({ code }) => code));
  await expect.poll(async () => (await report()).operations.find(({ name }) => name === 'eval').open).toBe(1);
  await console.by('fault-kill').click();
  expect(await open).toBe('vm_down');
  await console.ready();
  expect((await operation('eval')).errors).toBe(1);
});

test('dropped replies are timeouts, added latency is latency', async ({ page }) => {
  await widen(page);
  await inject(page, { 'Added latency': '', 'Reply dropped': '100' });
  expect((await console.ask('call', 'echo', 1, { timeoutMs: 200 })).rejected.code).toBe('timeout');
  await page.getByLabel('Reply dropped', { exact: true }).fill('');
  await page.getByLabel('Added latency', { exact: true }).fill('150');
  await page.getByRole('button', { name: 'Use these numbers' }).click();
  await expect.poll(() => console.ask('call', 'echo', 7)).toBe(7);
  expect((await console.ask('slaStats', 'call')).max).toBeGreaterThanOrEqual(150);
});

test('windows survive a reload, and a newer or broken past is said and not written over', async ({ page }) => {
  for (let count = 0; count < 5; count += 1) await console.ask('call', 'echo', count);
  const total = async () => (await report()).windows.find(({ objective }) => objective === 'overall-availability').total;
  const before = await total();
  expect(before).toBeGreaterThanOrEqual(5);
  await page.reload();
  await console.ready();
  await expect.poll(total).toBeGreaterThanOrEqual(before);
  const key = 'atomvm-console.levels.past';
  const poison = (text) => page.addInitScript(([name, value]) => localStorage.setItem(name, value), [key, text]);
  await poison('{"version": 99, "soul": true}');
  await page.reload();
  await console.ready();
  await expect(console.by('error-banner').or(page.getByText('The kept windows are not used')).first()).toBeVisible();
  await console.ask('call', 'echo', 1);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  expect(await page.evaluate((name) => localStorage.getItem(name), key)).toContain('99');
});

test('objectives are edited with errors at the field, kept, exported and imported', async ({ page }) => {
  await widen(page);
  const first = console.by('objective').first();
  await first.getByLabel('Target').fill('100');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(first).toContainText('A target lies between 0 % and 100 %');
  await first.getByLabel('Target').fill('99.5');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(console.by('objectives-note')).toContainText('Saved and in force');
  const [download] = await Promise.all([page.waitForEvent('download'), console.by('export-objectives').click()]);
  const document = await readFile(await download.path(), 'utf8');
  expect(document).toContain('target: 0.995');
  await page.reload();
  await console.ready();
  expect((await report()).objectives[0].targetPpm).toBe(995_000);
  await widen(page);
  const pick = (name, text) =>
    console.by('import-objectives').setInputFiles({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await pick('newer.yaml', document.replaceAll('openslo/v1', 'openslo/v2'));
  await expect(console.by('objectives-note')).toContainText('newer than openslo/v1');
  await pick('broken.yaml', 'a: [');
  await expect(console.by('objectives-note')).toContainText('no YAML that can be read');
  await pick('good.yaml', document.replace('target: 0.995', 'target: 0.9'));
  await expect(console.by('objectives-note')).toContainText('Imported good.yaml');
  expect((await report()).objectives[0].targetPpm).toBe(995_000);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await report()).objectives[0].targetPpm).toBe(900_000);
});

test('a reset is taken back, a pause holds the panel still, and the report is saved', async ({ page }) => {
  for (let count = 0; count < 3; count += 1) await console.ask('call', 'echo', count);
  const row = console.by('sla-row-call');
  await expect(row.getByRole('cell').first()).toHaveText('3');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(row.getByRole('cell').first()).toHaveText('0');
  await console.ask('call', 'echo', 4);
  await page.getByRole('button', { name: 'Undo reset' }).click();
  await expect(row.getByRole('cell').first()).toHaveText('4');
  await page.getByRole('button', { name: 'Pause' }).click();
  await console.ask('call', 'echo', 5);
  expect((await console.ask('slaStats', 'call')).count).toBe(5);
  await expect(row.getByRole('cell').first()).toHaveText('4');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(row.getByRole('cell').first()).toHaveText('5');
  const [download] = await Promise.all([page.waitForEvent('download'), console.by('export-report').click()]);
  const saved = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(saved.operations.find(({ name }) => name === 'call').answered).toBe(5);
});

test('charts are drawn, and told in words and as a table', async ({ page }) => {
  await widen(page);
  await load(page, { 'Per second, or users': '50', For: '3', 'Weight of eval': '0' });
  await ended();
  const charts = page.locator('.charts-stage canvas');
  await expect(charts).toHaveCount(2);
  const colours = await charts.first().evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return seen.size;
  });
  expect(colours).toBeGreaterThan(4);
  await expect(page.locator('.charts-words')).toContainText('In the last ten minutes: 150 answers');
  await page.getByText('The last columns as a table').click();
  await expect(page.locator('.charts-table tbody tr').first()).toBeVisible();
  expect(console.problems).toEqual([]);
});

test('an operation nobody could have is a bad argument, whatever its size', async () => {
  const code = async (name) => (await console.ask('slaStats', name)).rejected.code;
  expect(await code('no\u0000pe')).toBe('bad_argument');
  expect(await code('x'.repeat(1_000_000))).toBe('bad_argument');
  expect(await code('x'.repeat(3_000_000))).toBe('too_large');
});
