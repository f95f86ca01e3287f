// Hooks, events and intents of the embedding interface: what Erlang makes of them, and that no hook harms another.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

const rejected = (code) => ({ rejected: expect.objectContaining({ name: 'AtomvmError', code }) });

/** Emits an event; an error among the results is told by its code and details. */
const emit = (page, event, payload) =>
  page.evaluate(
    async ([name, value]) => {
      const { results } = await globalThis.atomvm.emitEvent(name, value);
      return results.map((result) =>
        result instanceof Error ? { name: result.name, code: result.code, ...result.details } : result,
      );
    },
    [event, payload],
  );

test('hooks run on their event, in the order in which they were registered', async ({ page }) => {
  expect(await console.ask('emitEvent', 'saved', {})).toEqual({ results: [] });
  const first = await console.ask('registerHook', 'saved', 'fun(#{<<"n">> := N}) -> N + 1 end.');
  const second = await console.ask('registerHook', 'saved', 'fun(Saved) -> #{saw => Saved, by => second} end.');
  await console.ask('registerHook', 'other', 'fun(_) -> other end.');
  expect(first).toEqual({ hook: expect.any(String) });
  expect(second.hook).not.toBe(first.hook);
  const payload = { n: 41, text: 'λ 日本', list: [1.5, null, true] };
  expect(await emit(page, 'saved', payload)).toEqual([42, { saw: payload, by: 'second' }]);
  await console.ask('unregisterHook', first.hook);
  expect(await emit(page, 'saved', payload)).toEqual([{ saw: payload, by: 'second' }]);
  expect(await console.ask('unregisterHook', first.hook)).toEqual(rejected('bad_argument'));
});

test('a hook that crashes, hangs or returns no JSON is an error in its place, and harms no other', async ({ page }) => {
  for (const source of [
    'fun(_) -> 1 / 0 end.',
    'fun(_) -> receive after infinity -> ok end end.',
    'fun(_) -> {no, json} end.',
    'fun(_) -> null end.',
  ]) {
    await console.ask('registerHook', 'rough', source);
  }
  const [crashed, late, strange, good] = await emit(page, 'rough', 0);
  expect(crashed).toMatchObject({ name: 'AtomvmError', code: 'erlang_error', class: 'error', hook: expect.any(String) });
  expect(crashed.message).toContain('arithmetic expression');
  expect(late).toMatchObject({ code: 'timeout' });
  expect(strange).toMatchObject({ code: 'erlang_error' });
  expect(good).toBeNull();
  const stats = await console.ask('slaStats', 'emit_event');
  expect(stats).toMatchObject({ count: 1, errorCount: 0 });
});

test('sources and payloads are checked, and say what is wrong', async ({ page }) => {
  expect(await console.ask('registerHook', 'e', 'fun(X) ->')).toEqual(rejected('erlang_error'));
  expect(await console.ask('registerHook', 'e', '1 + 1.')).toEqual(rejected('bad_argument'));
  expect(await console.ask('registerHook', 'e', 'fun(_, _) -> ok end.')).toEqual(rejected('bad_argument'));
  expect(await console.ask('registerHook', 'e', '(fun Loop() -> Loop() end)().')).toEqual(rejected('timeout'));
  expect(await console.ask('eval', 'erlang:system_info(process_count) < 30.')).toMatchObject({ value: 'true' });
  expect(await console.ask('registerHook', '', 'fun(X) -> X end.')).toEqual(rejected('bad_argument'));
  expect(await console.ask('registerHook', 'e', 'nul \u0000')).toEqual(rejected('bad_argument'));
  expect(await console.ask('registerHook', 'e', ' '.repeat(70_000))).toEqual(rejected('too_large'));
  expect(await console.ask('registerHook', 'e', 42)).toEqual(rejected('bad_argument'));
  expect(await console.ask('emitEvent', 'e', 'nul \u0000')).toEqual(rejected('bad_argument'));
  expect(await console.ask('emitEvent', 'e', 'x'.repeat(2_000_000))).toEqual(rejected('too_large'));
  const circular = await page.evaluate(async () => {
    const loop = {};
    loop.self = loop;
    return globalThis.atomvm.emitEvent('e', loop).catch(({ code }) => code);
  });
  expect(circular).toBe('bad_argument');
});

test('an intent goes to its handler, which Erlang code registers, or is refused with a reason', async () => {
  const nobody = await console.ask('processIntent', 'greet', { name: 'Joe' });
  expect(nobody).toEqual(rejected('refused'));
  expect(nobody.rejected.message).toContain('greet');
  await console.prompt(1);
  await console.enter('page:handle_intent(greet, fun(#{<<"name">> := N}) -> <<"Hello ", N/binary>>; (_) -> {refuse, "who?"} end).');
  await console.sees('\nok\n');
  expect(await console.ask('processIntent', 'greet', { name: 'Joe' })).toBe('Hello Joe');
  const refused = await console.ask('processIntent', 'greet', 42);
  expect(refused).toEqual(rejected('refused'));
  expect(refused.rejected.message).toContain('who?');
  await console.ask('eval', 'page:handle_intent(greet, fun(_) -> exit(tired) end).');
  expect(await console.ask('processIntent', 'greet', {})).toEqual(rejected('erlang_error'));
  await console.ask('eval', 'page:unhandle_intent(greet).');
  expect(await console.ask('processIntent', 'greet', {})).toEqual(rejected('refused'));
});

test('hooks of the page outlive the VM, and the process that keeps them', async ({ page }) => {
  const { hook } = await console.ask('registerHook', 'kept', 'fun(X) -> [kept, X] end.');
  await console.ask('restart');
  expect(await emit(page, 'kept', 1)).toEqual([['kept', 1]]);
  await console.ask('eval', 'exit(whereis(console_hooks), kill).');
  await expect.poll(() => console.ask('emitEvent', 'kept', 2)).toEqual({ results: [['kept', 2]] });
  await console.ask('unregisterHook', hook);
  expect(await emit(page, 'kept', 3)).toEqual([]);
});

test('each operation is measured', async () => {
  await console.ask('registerHook', 'e', 'fun(X) -> X end.');
  await console.ask('emitEvent', 'e', 1);
  await console.ask('eval', 'page:handle_intent(i, fun(X) -> X end).');
  await console.ask('processIntent', 'i', 1);
  for (const operation of ['register_hook', 'emit_event', 'process_intent']) {
    expect(await console.ask('slaStats', operation), operation).toMatchObject({ count: 1, errorCount: 0 });
    await expect(console.by(`sla-row-${operation}`)).toContainText('1');
  }
});
