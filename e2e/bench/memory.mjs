// Memory of the page after boot, and what restarts leave behind.

/** The page's JavaScript heap after a collection, in bytes. */
async function heap(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

/** Restarts the VM again and again. */
export async function restarts(browser, url, count) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.atomvm);
  await page.evaluate(() => globalThis.atomvm.ready());
  // Packs that come after the first prompt are part of what a page that runs holds; that of the examples is the last.
  await page.waitForFunction(() => document.querySelector('.example [aria-label^="Run "]:enabled'));
  const session = await context.newCDPSession(page);
  const before = await heap(session);
  const workersBefore = page.workers().length;
  for (let round = 0; round < count; round += 1) {
    await page.evaluate(async () => {
      await globalThis.atomvm.restart();
      await globalThis.atomvm.ready();
      const { value } = await globalThis.atomvm.eval('1 + 1.');
      if (value !== '2') throw new Error(`1 + 1 gave ${value}`);
    });
  }
  // A worker is gone a moment after it was told to go.
  for (let left = 100; left > 0 && page.workers().length > workersBefore; left -= 1) await page.waitForTimeout(50);
  const workersAfter = page.workers().length;
  const after = await heap(session);
  await context.close();
  return {
    heap_after_boot_bytes: before,
    heap_after_restarts_bytes: after,
    restarts: count,
    workers_before: workersBefore,
    workers_after: workersAfter,
  };
}
