// What the VM needs is checked before use: whatever a host sends instead, the page says what is wrong
// with which file, and the VM never sees it.
import { expect, test } from './hosts.mjs';

const WASM = /^vm\/.*\.wasm$/;
const PACK = /^packs\/.*\.avm$/;

const state = (page) => page.getByTestId('vm-state');
const banner = (page) => page.getByTestId('error-banner');

/** A host with one fault, and what the page says of it. */
const CASES = [
  ['a start page in the place of the VM', WASM, 'missing', { fallback: true }, 'HTML page in the place of vm/'],
  ['a start page in the place of a pack', PACK, 'missing', { fallback: true }, 'HTML page in the place of packs/'],
  ['a missing VM', WASM, 'missing', {}, 'The server has no vm/'],
  ['a missing pack', PACK, 'missing', {}, 'The server has no packs/'],
  ['a VM with one byte flipped', WASM, 'corrupt', {}, 'is not the file of this build'],
  ['a pack with one byte flipped', PACK, 'corrupt', {}, 'is not the file of this build'],
  ['half a VM', WASM, 'truncate', {}, 'arrived incomplete'],
  ['half a pack', PACK, 'truncate', {}, 'arrived incomplete'],
  ['a connection that breaks off', PACK, 'drop', {}, 'could not be fetched'],
];

for (const [name, pattern, kind, mood, words] of CASES) {
  test(`${name} is named, not run`, async ({ page, hosts }) => {
    const site = await hosts.site({ headers: 'isolated', ...mood });
    site.fault(pattern, kind);
    await page.goto(site.url);
    await expect(banner(page)).toContainText(words);
    await expect(state(page)).toHaveText('failed');
  });
}

test('a host that is out of order is named', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  site.fault(WASM, 'status', { status: 503 });
  await page.goto(site.url);
  await expect(banner(page)).toContainText('The server answered 503');
  await expect(state(page)).toHaveText('failed');
});

test('a file in the place of another is named', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  site.fault(PACK, 'as', { body: 'FOR1....BEAM', type: 'application/octet-stream' });
  await page.goto(site.url);
  await expect(banner(page)).toContainText('should be an AtomVM pack, but the server sent a BEAM module');
});

test('a bad answer is asked for once more, past the cache', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  site.fault(WASM, 'corrupt', { times: 1 });
  site.fault(PACK, 'truncate', { times: 1 });
  await page.goto(site.url);
  await expect(state(page)).toHaveText('ready');
  const asked = site.requests.filter(({ path }) => WASM.test(path.slice(1)));
  expect(asked.length).toBeGreaterThanOrEqual(2);
});

test('faults are found behind the service worker too', async ({ page, hosts }) => {
  const site = await hosts.site({ base: '/some/project/', fallback: true });
  site.fault(WASM, 'missing');
  await page.goto(site.url);
  await expect(banner(page)).toContainText('HTML page in the place of vm/');
  await expect(page.getByTestId('isolation')).toHaveText('isolated');
});

test('the bar follows the bytes of a slow host', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  site.fault(WASM, 'slow', { bytesPerSecond: 400_000 });
  await page.goto(site.url);
  const share = () =>
    page.getByTestId('boot-progress').locator('progress').evaluate(({ value, max }) => value / max);
  let last = 0;
  for (const least of [0.3, 0.6, 0.8]) {
    await expect.poll(share, { intervals: [20] }).toBeGreaterThan(least);
    const now = await share();
    expect(now).toBeGreaterThanOrEqual(last);
    expect(now).toBeLessThanOrEqual(1);
    last = now;
  }
  await expect(state(page)).toHaveText('ready');
});

test('a program that is not on the host is named, and the console goes on', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated', fallback: true });
  await page.goto(`${site.url}?module=nowhere`);
  await expect(banner(page)).toContainText('HTML page in the place of avm/nowhere.avm');
  await expect(state(page)).toHaveText('ready');
});
