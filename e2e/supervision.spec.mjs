// The VM is supervised: a crash is told at once, everything open ends, a fresh VM comes, and nothing is left behind.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

// What AtomVM does when a native function is missing, under the name that the build hides it by: it ends as a whole.
const CRASH = "'eRlang':nif_error(undefined).";

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

/** Evaluates what the machine does not survive, while another request is open. */
function crash(page) {
  return page.evaluate(async (source) => {
    const told = new Promise((resolve) => globalThis.atomvm.on('crash', resolve));
    const open = globalThis.atomvm.eval('timer:sleep(60000).').catch(({ code }) => code);
    const run = globalThis.atomvm.eval(source).catch(({ code }) => code);
    return { open: await open, run: await run, told: Object.keys(await told).sort() };
  }, CRASH);
}

test('a crash is shown, every open request ends with vm_down, and a fresh VM answers', async ({ page }) => {
  expect(await crash(page)).toEqual({
    open: 'vm_down',
    run: 'vm_down',
    told: expect.arrayContaining(['dump', 'reason']),
  });
  await expect(console.by('error-banner')).toContainText('The VM crashed');
  await console.ready();
  expect(await console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
  await console.prompt(1);
  await console.enter('length([a, b]).');
  await console.sees('\n2\n');
});

test('a VM that keeps crashing is left alone until a person asks for it', async ({ page }) => {
  const codes = await page.evaluate(async (source) => {
    const codes = [];
    for (let count = 0; count < 20 && globalThis.atomvm.state !== 'failed'; count += 1) {
      const gone = new Promise((resolve) => {
        const stop = globalThis.atomvm.on('state', (state) => {
          if (state === 'ready' || state === 'failed') resolve(stop());
        });
      });
      codes.push(await globalThis.atomvm.eval(source).catch(({ code }) => code));
      await gone;
    }
    return codes;
  }, CRASH);
  expect(codes.length).toBeLessThan(20);
  expect(new Set(codes)).toEqual(new Set(['vm_down']));
  await expect(console.by('vm-state')).toHaveText('failed');
  await console.by('restart-vm').click();
  await console.ready();
});

test('twenty restarts leave no worker behind', async ({ page }) => {
  const before = page.workers().length;
  for (let count = 0; count < 20; count += 1) {
    await page.evaluate(async () => {
      await globalThis.atomvm.restart();
      await globalThis.atomvm.ready();
    });
  }
  await expect.poll(() => page.workers().length).toBe(before);
  expect(await console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
});

test('what runs past its deadline is stopped, and takes no time from what comes after', async () => {
  const processes = async () => Number((await console.ask('eval', 'length(processes()).')).value);
  // The shell's own processes and the kernel's start after the page is ready; they are not what is counted.
  await console.prompt(1);
  await expect.poll(async () => (await console.ask('eval', 'is_pid(whereis(kernel_safe_sup)).')).value).toBe('true');
  const before = await processes();
  for (let count = 0; count < 3; count += 1) {
    const late = await console.ask('eval', '(fun Loop() -> Loop() end)().', { timeoutMs: 200 });
    expect(late.rejected).toMatchObject({ code: 'timeout' });
  }
  // Some of the start may still have been on their way out.
  await expect.poll(processes).toBeLessThanOrEqual(before);
});
