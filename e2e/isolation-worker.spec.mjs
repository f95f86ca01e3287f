// The service worker by itself, on a page that does nothing but register it.
import { readFileSync } from 'node:fs';

import { expect, test } from './hosts.mjs';

const HEADERS = JSON.parse(readFileSync(new URL('../deploy/headers.json', import.meta.url)));

const state = (page) => page.locator('#state');

/** Opens the fixture with its worker registered and in charge of the page. */
async function controlled(page, site) {
  await page.goto(`${site.url}?register`);
  await expect(state(page)).toHaveText('not isolated, uncontrolled, registered');
  await page.goto(site.url);
  await expect(state(page)).toHaveText('isolated, controlled');
}

for (const base of ['/', '/some/project/']) {
  test(`isolates pages, workers and workers' workers under ${base}`, async ({ page, hosts }) => {
    const site = await hosts.fixture('isolation', { base });
    await controlled(page, site);
    const answer = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const worker = new Worker('worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
        }),
    );
    expect(answer).toEqual({ isolated: true, inner: { isolated: true, memory: 'function' } });
  });
}

test('answers pages and workers with every header of deploy/headers.json', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation');
  await controlled(page, site);
  const response = await page.goto(site.url);
  expect(response.fromServiceWorker()).toBe(true);
  const headers = await response.allHeaders();
  for (const [name, value] of Object.entries(HEADERS.security)) {
    expect.soft(headers[name.toLowerCase()], name).toBe(value);
  }
});

test('leaves a policy of the host as it is', async ({ page, hosts }) => {
  const policy = "default-src 'self'; frame-ancestors *";
  const site = await hosts.fixture('isolation', { headers: { 'Content-Security-Policy': policy } });
  await controlled(page, site);
  const response = await page.goto(site.url);
  expect(response.fromServiceWorker()).toBe(true);
  expect((await response.allHeaders())['content-security-policy']).toBe(policy);
});

test('a page without a network is a 503 with words, not an opaque failure', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation');
  await controlled(page, site);
  await site.close();
  const response = await page.goto(`${site.url}?again`);
  expect(response.status()).toBe(503);
  await expect(page.locator('body')).toContainText('The site cannot be reached');
});

test('keeps the status of the host', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation');
  await controlled(page, site);
  const response = await page.goto(`${site.url}not-there.html`);
  expect(response.status()).toBe(404);
  expect(response.fromServiceWorker()).toBe(true);
});

test('lets a redirect of the host through', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation', { base: '/some/project/' });
  await controlled(page, site);
  await page.goto(site.url.slice(0, -1));
  await expect(page).toHaveURL(site.url);
  await expect(state(page)).toHaveText('isolated, controlled');
});

test('ranges, other methods, cache-only and foreign requests go past it', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation');
  const other = await hosts.fixture('isolation', { headers: 'isolated' });
  await controlled(page, site);
  const answers = await page.evaluate(async (foreign) => {
    const ask = async (url, options) => {
      try {
        const response = await fetch(url, options);
        return `${response.status} ${(await response.arrayBuffer()).byteLength}`;
      } catch (error) {
        return error.name;
      }
    };
    return {
      range: await ask('page.js', { headers: { range: 'bytes=0-9' } }),
      post: await ask('page.js', { method: 'POST' }),
      head: await ask('page.js', { method: 'HEAD' }),
      cached: await ask('nowhere.js', { cache: 'only-if-cached', mode: 'same-origin' }),
      // The policy of the page stops it before any worker could.
      foreign: await ask(foreign, { mode: 'no-cors' }),
    };
  }, `${other.url}page.js`);
  expect(answers).toEqual({
    range: '206 10',
    post: '405 9',
    head: '200 0',
    cached: 'TypeError',
    foreign: 'TypeError',
  });
});

test('takes over from an older version of itself without a second tab or a restart', async ({ page, hosts }) => {
  const site = await hosts.fixture('isolation');
  const old = 'self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));';
  site.fault(/^sw\.js$/, 'as', { body: old, type: 'text/javascript' });
  await page.goto(`${site.url}?register`);
  await expect(state(page)).toHaveText('not isolated, uncontrolled, registered');
  site.mend();
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const replaced = new Promise((resolve) => {
      registration.addEventListener('updatefound', () => {
        const next = registration.installing;
        next.addEventListener('statechange', () => next.state === 'activated' && resolve());
      });
    });
    await registration.update();
    await replaced;
  });
  await page.goto(site.url);
  await expect(state(page)).toHaveText('isolated, controlled');
});
