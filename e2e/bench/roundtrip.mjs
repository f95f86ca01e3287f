// Roundtrips page → Erlang → page beside a bare postMessage echo with a worker, alternating in one page.

import { median, quantile } from './numbers.mjs';

/** The other end of the bare echo: as little as a worker can do. */
const ECHO = "onmessage = ({ data }) => postMessage(data);";

/** Runs inside the page. Returns milliseconds for each call, and for whole bursts. */
async function measure({ calls, burst }) {
  const vm = globalThis.atomvm;
  const worker = new Worker('bench-echo.js');
  const waiting = [];
  worker.onmessage = ({ data }) => waiting.shift()(data);
  const echo = (payload) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(payload);
    });
  const call = (payload) => vm.call('echo', payload);
  const one = async (send, payload) => {
    const start = performance.now();
    await send(payload);
    return performance.now() - start;
  };
  const series = async (send) => {
    const times = [];
    for (let count = 0; count < calls; count += 1) times.push(await one(send, count));
    return times;
  };
  const all = async (send) => {
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: burst }, (_, index) => send(index)));
    const elapsed = performance.now() - start;
    return { elapsed, lost: answers.filter((answer, index) => answer !== index).length };
  };
  await series(call);
  await series(echo);
  const result = {
    echo: await series(echo),
    call: await series(call),
    burst_echo: await all(echo),
    burst_call: await all(call),
  };
  worker.terminate();
  return result;
}

/** Medians over rounds; the ratio is taken inside each round. */
export async function roundtrips(browser, url, { calls, burst, rounds }) {
  const context = await browser.newContext();
  await context.route('**/bench-echo.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: ECHO,
      headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
    }),
  );
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.atomvm);
  await page.evaluate(() => globalThis.atomvm.ready());
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(await page.evaluate(measure, { calls, burst }));
  }
  await context.close();
  const each = (of) => median(results.map(of));
  return {
    calls,
    burst,
    rounds,
    echo_p50_ms: each(({ echo }) => quantile(echo, 0.5)),
    echo_p99_ms: each(({ echo }) => quantile(echo, 0.99)),
    call_p50_ms: each(({ call }) => quantile(call, 0.5)),
    call_p99_ms: each(({ call }) => quantile(call, 0.99)),
    p50_ratio: each(({ echo, call }) => quantile(call, 0.5) / quantile(echo, 0.5)),
    burst_echo_ms: each(({ burst_echo }) => burst_echo.elapsed),
    burst_call_ms: each(({ burst_call }) => burst_call.elapsed),
    lost: results.reduce((sum, { burst_call }) => sum + burst_call.lost, 0),
  };
}
