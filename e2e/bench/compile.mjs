// How long the compiler takes for a module of a hundred lines, the first time in a VM and later, and what calls to
// another process take meanwhile.

import { readFile } from 'node:fs/promises';

import { median, quantile } from './numbers.mjs';

/** Runs inside the page: compiles once and says how long that took, in milliseconds. */
async function compileOnce(source) {
  const start = performance.now();
  const { errors } = await globalThis.atomvm.compile(source, { file: 'shop.erl' });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return performance.now() - start;
}

/** Runs inside the page: calls one after the other for as long as a number of compilations takes. */
async function callMeanwhile([source, count]) {
  const vm = globalThis.atomvm;
  let busy = true;
  const compiled = (async () => {
    for (let number = 0; number < count; number += 1) await vm.compile(source, { file: 'shop.erl' });
    busy = false;
  })();
  const times = [];
  while (busy) {
    const start = performance.now();
    await vm.call('echo', times.length);
    times.push(performance.now() - start);
  }
  await compiled;
  return times;
}

/** A fresh page for each round; the first compilation begins when the compiler is there. Milliseconds. */
export async function compilations(browser, url, { rounds, warm }) {
  const source = await readFile(new URL('shop.erl', import.meta.url), 'utf8');
  const first = [];
  const later = [];
  const calls = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => globalThis.atomvm);
    await page.evaluate(async () => {
      const vm = globalThis.atomvm;
      await vm.ready();
      const isThere = async (module) => (await vm.eval(`element(1, code:ensure_loaded(${module})).`)).value === 'module';
      while (!(await isThere('compile')) || !(await isThere('ring'))) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    first.push(await page.evaluate(compileOnce, source));
    for (let number = 0; number < warm; number += 1) later.push(await page.evaluate(compileOnce, source));
    calls.push(...(await page.evaluate(callMeanwhile, [source, warm])));
    await context.close();
  }
  return {
    lines: source.trimEnd().split('\n').length,
    first_ms: median(first),
    warm_ms: median(later),
    calls_meanwhile: calls.length,
    call_p50_ms: quantile(calls, 0.5),
    call_p99_ms: quantile(calls, 0.99),
  };
}
