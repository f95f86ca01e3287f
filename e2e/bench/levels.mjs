// The service levels' own cost: recording one roundtrip in the page's engine, and a load of 2,000 roundtrips
// a second with the charts live beside it, against the same load with the panel out of sight.

import { readFile } from 'node:fs/promises';

import { median } from './numbers.mjs';

const RATE = 2000;
const SECONDS = 8;
const SAMPLES = 100_000;

/** Nanoseconds for one roundtrip begun and ended, by a module of the same code that the page runs. */
async function recording(page, file, rounds) {
  const bytes = [...(await readFile(file))];
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(
      await page.evaluate(async ([wasm, samples]) => {
        const { instance } = await WebAssembly.instantiate(Uint8Array.from(wasm));
        const { record } = instance.exports;
        record(samples);
        const start = performance.now();
        record(samples);
        return ((performance.now() - start) * 1e6) / samples;
      }, [bytes, SAMPLES]),
    );
  }
  return median(results);
}

/** Runs the page's own load generator; milliseconds of each frame meanwhile. */
async function load(page, isLive) {
  await page.getByRole('tab', { name: 'Service levels' }).click();
  await page.getByRole('button', { name: /^(More|Less)/ }).waitFor();
  if (await page.getByRole('button', { name: /^More/ }).isVisible()) await page.getByRole('button', { name: /^More/ }).click();
  const fields = { 'Per second, or users': RATE, For: SECONDS, 'Weight of call': 1, 'Weight of eval': 0 };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(String(value));
  await page.getByTestId('load-start').click();
  if (!isLive) await page.getByRole('tab', { name: 'Examples' }).click();
  const frames = await page.evaluate(async (milliseconds) => {
    const times = [];
    const end = performance.now() + milliseconds;
    await new Promise((resolve) => {
      const frame = (now) => {
        times.push(now);
        if (now < end) requestAnimationFrame(frame);
        else resolve();
      };
      requestAnimationFrame(frame);
    });
    return times;
  }, (SECONDS - 2) * 1000);
  await page.getByRole('tab', { name: 'Service levels' }).click();
  await page.locator('[data-testid="load-result"][data-state="ended"]').waitFor();
  const cells = await page.getByTestId('load-result').getByRole('row').evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.cells[0].textContent, row.cells[1].textContent])),
  );
  return { frames_per_second: (frames.length - 1) / ((frames.at(-1) - frames[0]) / 1000), p50_ms: milliseconds(cells.p50), sent: cells.Sent };
}

/** The first latency of a cell such as `730 µs (234 µs)`. */
function milliseconds(words) {
  const [, number, unit] = /([\d.,]+) (µs|ms|s)/.exec(words);
  return Number(number.replaceAll(',', '')) * { µs: 0.001, ms: 1, s: 1000 }[unit];
}

/** What measuring and showing cost. */
export async function levels(browser, url, recorder, rounds) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.atomvm);
  await page.evaluate(() => globalThis.atomvm.ready());
  const record_ns = recorder ? await recording(page, recorder, rounds) : null;
  const [closed, live] = [[], []];
  await load(page, true);
  for (let round = 0; round < Math.min(rounds, 3); round += 1) {
    closed.push(await load(page, false));
    live.push(await load(page, true));
  }
  await context.close();
  const of = (runs, key) => median(runs.map((run) => run[key]));
  return {
    rate: RATE,
    record_ns,
    frame_ms: 1000 / of(live, 'frames_per_second'),
    frame_ms_closed: 1000 / of(closed, 'frames_per_second'),
    closed_p50_ms: of(closed, 'p50_ms'),
    live_p50_ms: of(live, 'p50_ms'),
    p50_rise: median(live.map((run, at) => run.p50_ms / closed[at].p50_ms)),
  };
}
