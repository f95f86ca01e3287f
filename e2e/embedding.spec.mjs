// The embedding interface, as the contract states it: what resolves, what rejects, and with which code.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

const rejected = (code) => ({ rejected: expect.objectContaining({ name: 'AtomvmError', code }) });

test('eval gives the value as the shell prints it, and the output apart', async () => {
  expect(await console.ask('eval', 'lists:seq(1, 3).')).toEqual({ value: '[1,2,3]', output: '' });
  expect(await console.ask('eval', 'io:format("hello~n"), {ok, <<"bytes">>}.')).toEqual({
    value: '{ok,<<"bytes">>}',
    output: 'hello\n',
  });
  expect(await console.ask('eval', 'X = 1, X + 1.')).toEqual({ value: '2', output: '' });
});

test('an exception in eval is an erlang_error with the shell\'s words', async () => {
  const answer = await console.ask('eval', '1 / 0.');
  expect(answer).toEqual(rejected('erlang_error'));
  expect(answer.rejected.message).toContain('an error occurred when evaluating an arithmetic expression');
  expect(await console.ask('eval', 'X = .')).toEqual(rejected('erlang_error'));
  expect(await console.ask('eval', 'throw(ball).')).toEqual(rejected('erlang_error'));
});

test('eval past its deadline is a timeout, and the VM goes on', async () => {
  expect(await console.ask('eval', 'timer:sleep(60000).', { timeoutMs: 100 })).toEqual(rejected('timeout'));
  expect(await console.ask('eval', '1.')).toEqual({ value: '1', output: '' });
});

test('call reaches a registered process with JSON both ways', async () => {
  const payload = { text: 'λ → 日本語', list: [1, 2.5, null, true], nested: { deep: [] } };
  expect(await console.ask('call', 'echo', payload)).toEqual(payload);
});

test('a call to nobody is no_process at once', async () => {
  expect(await console.ask('call', 'nobody_here', 1)).toEqual(rejected('no_process'));
});

test('bad arguments never reach the VM', async ({ page }) => {
  expect(await console.ask('call', '', 1)).toEqual(rejected('bad_argument'));
  expect(await console.ask('call', 'nul\u0000name', 1)).toEqual(rejected('bad_argument'));
  expect(await console.ask('call', 'echo', 1, { timeoutMs: -1 })).toEqual(rejected('bad_argument'));
  expect(await console.ask('call', 'echo', 'x'.repeat(2_000_000))).toEqual(rejected('too_large'));
  expect(await console.ask('eval', 42)).toEqual(rejected('bad_argument'));
  const circular = await page.evaluate(async () => {
    const loop = {};
    loop.self = loop;
    return globalThis.atomvm.call('echo', loop).catch(({ code }) => code);
  });
  expect(circular).toBe('bad_argument');
  expect(await console.ask('call', 'echo', 'nul \u0000 inside')).toEqual(rejected('bad_argument'));
});

test('a thousand calls at once are all answered, each with its own answer', async ({ page }) => {
  const lost = await page.evaluate(async () => {
    const calls = Array.from({ length: 1000 }, (_, index) => globalThis.atomvm.call('echo', index));
    const answers = await Promise.all(calls);
    return answers.filter((answer, index) => answer !== index).length;
  });
  expect(lost).toBe(0);
});

test('slaStats and slaReport have the shapes of the contract', async () => {
  await console.ask('call', 'echo', 1);
  const stats = await console.ask('slaStats', 'call');
  expect(stats).toMatchObject({ count: 1, errorCount: 0, errorRate: 0 });
  // Whether one call on a busy machine keeps the promise is for the panel to say, not for a test.
  expect(stats.slaCompliant).toEqual(expect.any(Boolean));
  for (const key of ['averageLatency', 'lastLatency', 'p50', 'p95', 'p99', 'max']) {
    expect(stats[key], key).toBeGreaterThan(0);
  }
  const report = await console.ask('slaReport');
  expect(report.thresholds).toEqual({ maxLatency: 10, maxErrorRate: 0.001 });
  expect(report.overall).toMatchObject({ totalRoundtrips: 1, totalErrors: 0, overallErrorRate: 0 });
  expect(report.violations).toHaveLength(report.overall.overallCompliant ? 0 : 1);
  expect(report.operations.call.count).toBe(1);
});

test('each operation has its row in the panel', async () => {
  await console.ask('call', 'echo', 1);
  await console.ask('eval', '1.');
  await expect(console.by('sla-row-call')).toContainText('1');
  await expect(console.by('sla-row-eval')).toContainText('1');
  await expect(console.by('sla-compliant')).toBeVisible();
});

test('health passes on a healthy page', async () => {
  const health = await console.ask('health');
  expect(health).toMatchObject({ vm: 'ready', isolation: 'isolated' });
  expect(['pass', 'warn']).toContain(health.status);
  expect(health.version).toMatch(/^\d+\.\d+\.\d+/);
});

test('the terminal can be written, typed into and read by an embedder', async ({ page }) => {
  await console.prompt(1);
  await page.evaluate(() => globalThis.atomvm.terminal.write('written by the page\r\n'));
  await console.sees('written by the page');
  await page.evaluate(() => globalThis.atomvm.terminal.type('6 * 7.\n'));
  await console.sees('42');
});

test('interrupt stops the running evaluation and keeps the VM', async ({ page }) => {
  const code = await page.evaluate(async () => {
    const running = globalThis.atomvm.eval('(fun Loop() -> Loop() end)().');
    const ended = running.catch((error) => error.code);
    globalThis.atomvm.interrupt();
    return ended;
  });
  expect(code).toBe('cancelled');
  expect(await console.ask('eval', '1.')).toEqual({ value: '1', output: '' });
});

test('events tell of state, output and what ends them', async ({ page }) => {
  const heard = await page.evaluate(async () => {
    const states = [];
    const stop = globalThis.atomvm.on('state', (state) => states.push(state));
    await globalThis.atomvm.restart();
    await globalThis.atomvm.ready();
    stop();
    await globalThis.atomvm.restart();
    await globalThis.atomvm.ready();
    return states;
  });
  expect(heard[0]).toBe('restarting');
  expect(heard.at(-1)).toBe('ready');
  expect(heard.filter((state) => state === 'ready')).toHaveLength(1);
});

test('a restart rejects open calls with vm_down and gives a fresh VM', async ({ page }) => {
  const code = await page.evaluate(async () => {
    const open = globalThis.atomvm.eval('timer:sleep(60000).').catch((error) => error.code);
    await globalThis.atomvm.restart();
    return open;
  });
  expect(code).toBe('vm_down');
  await console.ready();
  expect(await console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
});
