// The page on hosts that send no isolation headers: it isolates itself with one reload at most, and
// says why where it cannot. One test for each pitfall of a first load.
import { readFileSync } from 'node:fs';

import { expect, test } from './hosts.mjs';

const HEADERS = JSON.parse(readFileSync(new URL('../deploy/headers.json', import.meta.url))).security;

const isolation = (page) => page.getByTestId('isolation');
const state = (page) => page.getByTestId('vm-state');
const banner = (page) => page.getByTestId('error-banner');

/** Counts the documents a page loads from now on. */
function loads(page) {
  const seen = { count: 0 };
  page.on('response', (response) => {
    const request = response.request();
    const isTop = request.isNavigationRequest() && request.frame() === page.mainFrame();
    // What a service worker fetches for a page shows up as a response of its own.
    if (isTop && !request.serviceWorker()) seen.count += 1;
  });
  return seen;
}

async function becomesReady(page) {
  await expect(isolation(page)).toHaveText('isolated');
  await expect(state(page)).toHaveText('ready');
}

/** Loads the page again past service worker and cache, as Shift and the reload button do. */
async function hardReload(page) {
  const session = await page.context().newCDPSession(page);
  const loaded = page.waitForEvent('domcontentloaded');
  await session.send('Page.reload', { ignoreCache: true });
  await loaded;
  await session.detach();
}

/** Takes something away from every page before its scripts run. */
async function without(page, script) {
  await page.addInitScript({ content: script });
}

async function refuses(page, words) {
  await expect(isolation(page)).toContainText(words);
  await expect(state(page)).toHaveText('failed');
  await expect(banner(page)).toContainText(words);
}

for (const base of ['/', '/some/project/']) {
  test(`a host without headers: one reload, then isolated, under ${base}`, async ({ page, hosts }) => {
    const site = await hosts.site({ base });
    const seen = loads(page);
    await page.goto(`${site.url}?theme=dark#here`);
    await becomesReady(page);
    expect(seen.count).toBe(2);
    await expect(page).toHaveURL(`${site.url}?theme=dark#here`);
    const scopes = await page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).map((registration) => registration.scope),
    );
    expect(scopes).toEqual([site.url]);

    // The second visit needs no reload: the worker is there.
    await page.goto('about:blank');
    seen.count = 0;
    await page.goto(site.url);
    await becomesReady(page);
    expect(seen.count).toBe(1);
  });
}

test('a host with headers: no worker, no reload', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const seen = loads(page);
  await page.goto(site.url);
  await becomesReady(page);
  expect(seen.count).toBe(1);
  const registrations = await page.evaluate(() => navigator.serviceWorker.getRegistrations());
  expect(registrations).toEqual([]);
  expect(site.requests.map(({ path }) => path)).not.toContain('/sw.js');
});

test('a hard reload past the worker is mended, again and again', async ({ page, hosts }) => {
  const site = await hosts.site();
  await page.goto(site.url);
  await becomesReady(page);
  const seen = loads(page);
  for (const round of [1, 2, 3]) {
    await hardReload(page);
    await becomesReady(page);
    // One past the worker, and one that mends it.
    expect(seen.count).toBe(2 * round);
  }
});

test('a worker that never isolates costs one reload and ends in words', async ({ page, hosts }) => {
  const site = await hosts.site();
  const idle = 'self.addEventListener("fetch", () => {});';
  site.fault(/^sw\.js$/, 'as', { body: idle, type: 'text/javascript' });
  const seen = loads(page);
  await page.goto(site.url);
  await refuses(page, 'The reload was spent; it is not tried again');
  expect(seen.count).toBe(2);

  // Loading by hand is the person's right, and spends no further reload.
  await page.reload();
  await refuses(page, 'The reload was spent');
  expect(seen.count).toBe(3);
  await page.goto(site.url);
  await refuses(page, 'The reload was spent');
  expect(seen.count).toBe(4);
});

test('developer tools that bypass the worker for good cost one reload', async ({ page, hosts }) => {
  const site = await hosts.site();
  await page.goto(site.url);
  await becomesReady(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setBypassServiceWorker', { bypass: true });
  const seen = loads(page);
  await page.reload();
  await refuses(page, 'switch that off');
  expect(seen.count).toBe(2);

  await session.send('Network.setBypassServiceWorker', { bypass: false });
  await page.reload();
  await becomesReady(page);
});

test('a new tab is isolated at once, whatever another tab has spent', async ({ page, context, hosts }) => {
  const site = await hosts.site();
  await page.goto(site.url);
  await becomesReady(page);
  const tab = await context.newPage();
  const seen = loads(tab);
  await tab.goto(site.url);
  await becomesReady(tab);
  expect(seen.count).toBe(1);
});

test('sw.js is missing', async ({ page, hosts }) => {
  const site = await hosts.site();
  site.fault(/^sw\.js$/, 'missing');
  await page.goto(site.url);
  await refuses(page, 'Copy the whole of dist/ to the host');
});

test('a start page is served in the place of sw.js', async ({ page, hosts }) => {
  const site = await hosts.site({ fallback: true });
  site.fault(/^sw\.js$/, 'missing');
  await page.goto(site.url);
  await refuses(page, 'is not served as a script beside the page');
});

test('sw.js is damaged', async ({ page, hosts }) => {
  const site = await hosts.site();
  site.fault(/^sw\.js$/, 'as', { body: 'throw new Error("broken")', type: 'text/javascript' });
  const seen = loads(page);
  await page.goto(site.url);
  await refuses(page, 'the browser refused the service worker');
  expect(seen.count).toBe(1);
});

test('a window without service workers', async ({ page, hosts }) => {
  const site = await hosts.site();
  await without(page, 'delete Navigator.prototype.serviceWorker;');
  await page.goto(site.url);
  await refuses(page, 'this browser has no service workers');
});

test('a window that refuses service workers, as private ones do', async ({ page, hosts }) => {
  const site = await hosts.site();
  await without(
    page,
    `ServiceWorkerContainer.prototype.register = async () => {
       throw new DOMException('The operation is insecure.', 'SecurityError');
     };`,
  );
  await page.goto(site.url);
  await refuses(page, 'private windows');
});

test('blocked storage, which takes the service worker with it', async ({ page, hosts }) => {
  const site = await hosts.site();
  await without(
    page,
    `Object.defineProperty(window, 'sessionStorage', {
       get() { throw new DOMException('Access is denied.', 'SecurityError'); },
     });
     ServiceWorkerContainer.prototype.register = async () => {
       throw new DOMException('The user denied permission.', 'NotSupportedError');
     };`,
  );
  await page.goto(site.url);
  await refuses(page, 'Allow site data');
});

test('storage that is full does not matter', async ({ page, hosts }) => {
  const site = await hosts.site();
  await without(
    page,
    `Storage.prototype.setItem = () => {
       throw new DOMException('Full.', 'QuotaExceededError');
     };`,
  );
  const seen = loads(page);
  await page.goto(site.url);
  await becomesReady(page);
  expect(seen.count).toBe(2);
});

test('a browser without threads', async ({ page, hosts }) => {
  const site = await hosts.site();
  await without(page, 'WebAssembly.validate = () => false;');
  await page.goto(site.url);
  await refuses(page, 'Use a current Chrome, Edge, Firefox or Safari');
});

test('plain HTTP from another machine', async ({ page, hosts }) => {
  const site = await hosts.site();
  // The browser is told that names in `.test` are this machine, but takes them for another.
  await page.goto(site.url.replace('127.0.0.1', 'console.test'));
  await refuses(page, 'https://');
});

test('shown inside a page that is not isolated', async ({ page, hosts }) => {
  const site = await hosts.site();
  await page.route(`${site.url}outer.html`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<iframe src="./"></iframe>' }),
  );
  await page.goto(`${site.url}outer.html`);
  const inner = page.frameLocator('iframe');
  await refuses(inner, 'Open it in a tab of its own');
});

test('shown inside an isolated page of another site, as deploy/README.md says', async ({ page, hosts }) => {
  const outer = await hosts.site({
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  });
  const ancestors = `frame-ancestors 'self' ${new URL(outer.url).origin}`;
  const policy = HEADERS['Content-Security-Policy'].replace("frame-ancestors 'self'", ancestors);
  const inner = await hosts.site({
    headers: {
      ...HEADERS,
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Content-Security-Policy': policy,
    },
  });
  const body = `<iframe allow="cross-origin-isolated" src="${inner.url}"></iframe>`;
  outer.fault(/^outer\.html$/, 'as', { body, type: 'text/html' });
  await page.goto(`${outer.url}outer.html`);
  await becomesReady(page.frameLocator('iframe'));
});

const FOREIGN = 'self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));';

/** Opens a page of another site and leaves its worker behind. */
async function visitOther(page, url, script) {
  await page.goto(url);
  await page.evaluate(async (address) => {
    await navigator.serviceWorker.register(address);
    await navigator.serviceWorker.ready;
  }, script);
}

test('another worker at the same place is replaced', async ({ page, hosts }) => {
  const site = await hosts.site({ base: '/some/project/' });
  site.fault(/^other\.html$/, 'as', { body: 'the site before', type: 'text/html' });
  site.fault(/^other\.js$/, 'as', { body: FOREIGN, type: 'text/javascript' });
  await visitOther(page, `${site.url}other.html`, 'other.js');
  const seen = loads(page);
  await page.goto(site.url);
  await becomesReady(page);
  expect(seen.count).toBe(2);
});

test('below a site with a worker of its own, both live', async ({ page, hosts }) => {
  const site = await hosts.site({ base: '/some/project/' });
  const above = new URL('/', site.url).href;
  site.fault(/^\/above\.html$/, 'as', { body: 'the site above', type: 'text/html' });
  site.fault(/^\/above\.js$/, 'as', { body: FOREIGN, type: 'text/javascript' });
  await visitOther(page, `${above}above.html`, '/above.js');
  const seen = loads(page);
  await page.goto(site.url);
  await becomesReady(page);
  expect(seen.count).toBe(2);
  const scopes = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map((registration) => registration.scope),
  );
  expect(scopes.sort()).toEqual([above, site.url]);
});
