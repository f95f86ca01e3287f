// Time from navigation to the first answered `eval`, as the page's own clock has it: cold in a fresh
// profile, warm on the next visit of the same profile.

import { median, quantile } from './numbers.mjs';

/** Runs inside the page before anything else: notes when each step of the boot was reached. */
function observe() {
  const marks = {};
  globalThis.bootMarks = new Promise((resolve, reject) => {
    const poll = () => {
      const vm = globalThis.atomvm;
      if (!vm) return void setTimeout(poll, 1);
      marks.api = performance.now();
      vm.ready()
        .then(() => {
          marks.ready = performance.now();
          return vm.eval('1 + 1.');
        })
        .then(({ value }) => {
          marks.answered = performance.now();
          if (value !== '2') throw new Error(`1 + 1 gave ${value}`);
          resolve(marks);
        })
        .catch(reject);
    };
    poll();
  });
}

/** One visit: navigation, and the marks of the page that was isolated in the end. */
async function visit(context, url) {
  const page = await context.newPage();
  const started = Date.now();
  await page.goto(url);
  // On a bare host the first page reloads itself once; only an isolated one boots.
  await page.waitForFunction(() => globalThis.crossOriginIsolated && globalThis.atomvm);
  const [origin, marks] = await page.evaluate(async () => [performance.timeOrigin, await globalThis.bootMarks]);
  await page.close();
  // Time spent before the last navigation, on the page that reloaded itself; none when there was no reload.
  const before = Math.max(0, origin - started);
  return { ...marks, before, total: before + marks.answered };
}

/** Visits in fresh profiles, each with a second visit. Milliseconds. */
export async function boots(browser, url, rounds) {
  const cold = [];
  const warm = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    await context.addInitScript(observe);
    cold.push(await visit(context, url));
    warm.push(await visit(context, url));
    await context.close();
  }
  return { cold_ms: summary(cold), warm_ms: summary(warm) };
}

function summary(visits) {
  const of = (key) => visits.map((visit) => visit[key]);
  return {
    median: median(of('total')),
    min: quantile(of('total'), 0),
    max: quantile(of('total'), 1),
    api: median(of('api')),
    ready: median(of('ready')),
    visits: visits.length,
  };
}
