// What a person feels in the terminal: how long a typed expression takes to be answered, whether the page stays
// smooth while a program prints as fast as it can, and how long ten megabytes take.

import { median, quantile } from './numbers.mjs';

const MEGABYTES = 10;
const FLOOD_MS = 5_000;

/** Runs inside the page: waits until the end of the terminal's text fits. */
const helpers = () => {
  globalThis.seesEnd = (pattern) =>
    new Promise((resolve) => {
      const expression = new RegExp(pattern);
      const stop = globalThis.atomvm.on('output', (text) => {
        seen = (seen + text).slice(-400);
        if (!expression.test(seen)) return;
        stop();
        resolve();
      });
      let seen = '';
    });
};

/** Milliseconds from Enter to the page having the next prompt, for one expression typed again and again. */
async function answers({ expression, times }) {
  const took = [];
  for (let count = 0; count < times; count += 1) {
    globalThis.atomvm.terminal.type(expression);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const answered = globalThis.seesEnd('\\d+> (\\x1b\\[[0-9;]*m)*$');
    const start = performance.now();
    globalThis.atomvm.terminal.type('\r');
    await answered;
    took.push(performance.now() - start);
  }
  return took;
}

/** Frames and long tasks of the page while `work` goes on. */
async function watched(work) {
  const long = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) long.push(duration);
  });
  observer.observe({ type: 'longtask' });
  let frames = 0;
  let running = true;
  const frame = () => {
    frames += 1;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const start = performance.now();
  const result = await work();
  const elapsed = performance.now() - start;
  running = false;
  await new Promise((resolve) => setTimeout(resolve, 50));
  observer.disconnect();
  return {
    ...result,
    ms: elapsed,
    frame_ms: elapsed / frames,
    longest_task_ms: Math.max(0, ...long),
    heap_bytes: performance.memory.usedJSHeapSize,
  };
}

export async function terminal(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.atomvm);
  await page.evaluate(() => globalThis.atomvm.ready());
  await page.waitForFunction(() => /1> *$/.test(globalThis.atomvm.terminal.text()));
  await page.evaluate(`(${helpers})()`);
  await page.evaluate(`globalThis.watched = ${watched}`);
  const expression = 'lists:sum(lists:seq(1, 100)).';
  await page.evaluate(answers, { expression, times: 3 });
  const took = await page.evaluate(answers, { expression, times: 20 });

  const large = await page.evaluate((megabytes) => {
    const line = 'binary:copy(<<"0123456789012345678901234567890123456789012345678901234567890123456789012345678\\n">>, 13108)';
    globalThis.atomvm.terminal.type(`M = ${line}, ok.\r`);
    return globalThis.seesEnd('\\d+> $').then(() =>
      globalThis.watched(async () => {
        const done = globalThis.seesEnd('done\\s');
        globalThis.atomvm.terminal.type(`[io:put_chars(M) || _ <- lists:seq(1, ${megabytes})], io:put_chars("do" ++ "ne\\n").\r`);
        await done;
        return {};
      }),
    );
  }, MEGABYTES);

  const flood = await page.evaluate((duration) => {
    globalThis.atomvm.terminal.type('[io:format("~p~n", [X]) || X <- lists:seq(1, 1000000)].\r');
    return globalThis.watched(async () => {
      await new Promise((resolve) => setTimeout(resolve, duration));
      const stopped = globalThis.seesEnd('\\d+> $');
      const start = performance.now();
      globalThis.atomvm.interrupt();
      await stopped;
      const interrupt_ms = performance.now() - start;
      return { interrupt_ms };
    });
  }, FLOOD_MS);
  await context.close();
  return {
    answer_p50_ms: median(took),
    answer_p95_ms: quantile(took, 0.95),
    megabytes: MEGABYTES,
    large,
    flood,
  };
}
