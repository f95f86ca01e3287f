// What the page may run and whom it may ask: one strict policy on every host, no violation in ordinary
// use, nothing from anywhere else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Console } from './console.mjs';
import { SITE, expect, test } from './hosts.mjs';

const HEADERS = JSON.parse(readFileSync(new URL('../deploy/headers.json', import.meta.url)));

const state = (page) => page.getByTestId('vm-state');

/** Runs after the caller's turn, where the policy holds: a debugger's own turn is exempt from it. */
const LATER = `(code) => new Promise((resolve) => setTimeout(() => {
  try { resolve(String(code())) } catch (error) { resolve(error.name) }
}))`;

for (const headers of ['bare', 'isolated']) {
  test(`no violation from start to ready, host ${headers}`, async ({ page, hosts }) => {
    const site = await hosts.site({ headers });
    const violations = [];
    await page.exposeFunction('report', (violation) => violations.push(violation));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
        globalThis.report(`${effectiveDirective} ${blockedURI} ${sourceFile}`),
      );
    });
    // Workers report on the console only.
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text());
    });
    await page.goto(site.url);
    await expect(state(page)).toHaveText('ready');
    expect(violations).toEqual([]);
  });

  test(`text never becomes code, in the page or in a worker, host ${headers}`, async ({ page, hosts }) => {
    const site = await hosts.site({ headers });
    await page.goto(site.url);
    await expect(state(page)).toHaveText('ready');
    // The VM's own threads sleep in WebAssembly and answer nobody; their host answers.
    const host = page.workers().filter((worker) => worker.url().includes('vm_worker'));
    expect(host.length).toBe(1);
    for (const scope of [page, ...host]) {
      expect(await scope.evaluate(`(${LATER})(() => eval('"ran"'))`)).toBe('EvalError');
      expect(await scope.evaluate(`(${LATER})(() => new Function('return "ran"')())`)).toBe('EvalError');
    }
    const inline = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
      return globalThis.ran ?? 'blocked';
    });
    expect(inline).toBe('blocked');
  });

  test(`nothing is asked of anybody else, host ${headers}`, async ({ page, hosts }) => {
    const site = await hosts.site({ headers, base: '/some/project/' });
    const asked = [];
    page.context().on('request', (request) => asked.push(request.url()));
    await page.goto(site.url);
    await expect(state(page)).toHaveText('ready');
    expect(asked.filter((url) => !url.startsWith(site.url))).toEqual([]);
    expect(asked.length).toBeGreaterThan(3);
    const failed = site.requests.filter(({ status }) => status >= 400);
    expect(failed).toEqual([]);
  });
}

test('Erlang code cannot run JavaScript, on whichever thread', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  await console.ask('eval', 'emscripten:run_script(<<"globalThis.ran = 1">>).');
  await console.ask('eval', 'emscripten:run_script(<<"globalThis.ran = 1">>, [main_thread]).');
  const worker = page.workers().find((candidate) => candidate.url().includes('vm_worker'));
  for (const scope of [page, worker]) {
    expect(await scope.evaluate(() => typeof globalThis.ran)).toBe('undefined');
  }
  expect((await console.ask('eval', '20 + 22.')).value).toBe('42');
});

test('the page states the policy itself, before anything that it governs', () => {
  const html = readFileSync(join(SITE, 'index.html'), 'utf8');
  const meta = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/i.exec(html);
  expect(meta?.[1].replaceAll('&#39;', "'")).toBe(HEADERS.meta_csp);
  const first = /<(script|link|style)\b/i.exec(html);
  expect(meta.index).toBeLessThan(first.index);
});

test('the page has no script of its own but data', () => {
  const html = readFileSync(join(SITE, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/<script\b([^>]*)>([^]*?)<\/script>/gi)];
  const inline = scripts.filter(([, attributes]) => !/\bsrc=/.test(attributes));
  for (const [, attributes] of inline) expect(attributes).toContain('type="application/json"');
  expect(html).not.toMatch(/\son\w+\s*=|<style\b/i);
});

test('the service worker lies at the root, unbundled, under its stable name', () => {
  const source = readFileSync(new URL('../sw/sw.js', import.meta.url), 'utf8');
  expect(readFileSync(join(SITE, 'sw.js'), 'utf8')).toBe(source);
});

test('the browser never answers for the service worker from its cache', async ({ page, hosts }) => {
  const site = await hosts.site();
  await page.goto(site.url);
  await expect(state(page)).toHaveText('ready');
  const via = await page.evaluate(async () => (await navigator.serviceWorker.ready).updateViaCache);
  expect(via).toBe('none');
});

test('the worker outlives the visits it isolated', async ({ page, hosts }) => {
  const site = await hosts.site();
  for (const visit of [1, 2, 3]) {
    await page.goto(site.url);
    await expect(state(page), `visit ${visit}`).toHaveText('ready');
    const active = await page.evaluate(async () => (await navigator.serviceWorker.ready).active.state);
    expect(active).toBe('activated');
  }
});
