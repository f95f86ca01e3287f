// Compiling in the VM: what comes of a source, what a new version means for processes that run the old one, and
// what is refused.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

/** `atomvm.compile`; of the bytes only how many there are. */
const compile = (page, source, options) =>
  page.evaluate(
    async ([text, more]) => {
      try {
        const { bytes, ...compiled } = await globalThis.atomvm.compile(text, more);
        return { ...compiled, size: bytes?.length };
      } catch ({ code, message }) {
        return { rejected: { code, message } };
      }
    },
    [source, options],
  );

const value = (answer) => answer.value ?? answer.rejected.message;

test('a module is compiled and loaded, with its warnings where they are', async ({ page }) => {
  const source = '-module(hello).\n-export([world/0]).\nworld() -> "hello".\nunused(X) ->\n    ok.\n';
  expect(await compile(page, source)).toEqual({
    module: 'hello',
    errors: [],
    warnings: [
      { line: 4, column: 1, severity: 'warning', message: 'function unused/1 is unused' },
      { line: 4, column: 8, severity: 'warning', message: "variable 'X' is unused" },
    ],
    size: expect.any(Number),
  });
  expect(value(await console.ask('eval', 'hello:world().'))).toBe('"hello"');
  expect(await console.ask('modules')).toMatchObject({ modules: [{ module: 'hello', loads: 1 }], loads: 1 });
});

test('errors are data, in the words of OTP and at their place', async ({ page }) => {
  const errors = async (source, options) => (await compile(page, source, options)).errors;
  expect(await errors('-module(a).\n-export([f/0]).\nf() -> X = .\n')).toContainEqual({
    line: 3, column: 12, severity: 'error', message: "syntax error before: '.'",
  });
  expect(await errors('-module(a).\n-export([f/0]).\nf() -> {X, 1}.\n')).toEqual([
    { line: 3, column: 9, severity: 'error', message: "variable 'X' is unbound" },
  ]);
  expect(await errors('f() -> 1.\n')).toContainEqual({
    line: 1, column: 1, severity: 'error', message: 'no module definition',
  });
  expect(await errors('-module(a).\n', { file: 'b.erl' })).toEqual([
    { line: 1, column: 2, severity: 'error', message: "Module name 'a' does not match file name 'b'" },
  ]);
  // None of them came into the VM.
  expect((await console.ask('modules')).modules).toEqual([]);
});

test('a module of the console is replaced by force only', async ({ page }) => {
  const source = '-module(proplists).\n-export([mine/0]).\nmine() -> yes.\n';
  const refused = await compile(page, source);
  expect(refused.module).toBe('proplists');
  expect(refused.errors[0].message).toContain('is a module of the console itself');
  expect(value(await console.ask('eval', 'proplists:get_value(a, [{a, 1}]).'))).toBe('1');
  expect(await compile(page, source, { force: true })).toMatchObject({ module: 'proplists', errors: [] });
  expect(value(await console.ask('eval', 'proplists:mine().'))).toBe('yes');
});

test('the next qualified call runs the new version, in the process and in other modules', async ({ page }) => {
  const server = (version) => `
-module(server).
-export([start/0, loop/1, version/0]).
start() -> register(server, spawn(fun() -> loop(0) end)).
version() -> ${version}.
loop(Count) ->
    receive {From, ask} -> From ! {version(), Count} end,
    ?MODULE:loop(Count + 1).
`;
  const caller = '-module(caller).\n-export([direct/0, late/1]).\ndirect() -> {server:version(), x}.\nlate(F) -> F().\n';
  const ask = 'server ! {self(), ask}, receive Answer -> Answer end.';
  await compile(page, server(1));
  await compile(page, caller);
  await console.ask('eval', 'server:start(), register(keeper, spawn(fun() -> receive {From, F} -> From ! F() end end)).');
  expect(value(await console.ask('eval', ask))).toBe('{1,0}');
  expect(value(await console.ask('eval', 'caller:direct().'))).toBe('{1,x}');
  await compile(page, server(2));
  // The process waits in the old version; what it says before its next qualified call is the old one's.
  expect(value(await console.ask('eval', ask))).toBe('{1,1}');
  expect(value(await console.ask('eval', ask))).toBe('{2,2}');
  expect(value(await console.ask('eval', 'caller:direct().'))).toBe('{2,x}');
  expect(value(await console.ask('eval', 'caller:late(fun server:version/0).'))).toBe('2');
  const modules = await console.ask('modules');
  expect(modules.loads).toBe(3);
  expect(modules.modules).toEqual([
    { module: 'server', bytes: expect.any(Number), loads: 2 },
    { module: 'caller', bytes: expect.any(Number), loads: 1 },
  ]);
  // No version is freed, so that both count.
  expect(modules.bytes).toBeGreaterThan(modules.modules[0].bytes * 1.9);
});

test('a module that Erlang makes passes the same gate', async ({ page }) => {
  // Waits for the compiler, which an expression does not.
  await compile(page, '-module(first).\n');
  const made = (more) => `
    {ok, made, Beam} = compile:forms([{attribute, 1, module, made}, {attribute, 1, export, [{f, 0}]},
        {function, 1, f, 0, [{clause, 1, [], [], [{integer, 1, 7}]}]}]), ${more}`;
  expect(value(await console.ask('eval', made('code:load_binary(made, "made.erl", Beam), made:f().')))).toBe('7');
  expect(value(await console.ask('eval', made('code:load_binary(other, "other.erl", Beam).')))).toBe('{error,badfile}');
  const hostile = made('code:load_binary(made, "made.erl", binary:replace(Beam, <<"made">>, <<"mad">>)).');
  expect(value(await console.ask('eval', hostile))).toBe('{error,badfile}');
  expect(value(await console.ask('eval', made('code:load_binary(lists, "lists.erl", Beam).')))).toBe('{error,sticky_directory}');
  expect(value(await console.ask('eval', 'made:f().'))).toBe('7');
});

test('a restart has the modules again when that is asked for', async ({ page }) => {
  await compile(page, '-module(kept).\n-export([f/0]).\nf() -> 5.\n');
  await page.evaluate(() => globalThis.atomvm.restart({ modules: true }));
  expect(value(await console.ask('eval', 'kept:f().'))).toBe('5');
  expect(await console.ask('modules')).toMatchObject({ modules: [{ module: 'kept', loads: 1 }], loads: 1 });
  await page.evaluate(() => globalThis.atomvm.restart());
  expect(value(await console.ask('eval', 'kept:f().'))).toContain('undefined function kept:f/0');
});

test('a compilation can be stopped, and bad arguments never begin one', async ({ page }) => {
  expect(await compile(page, 42)).toMatchObject({ rejected: { code: 'bad_argument' } });
  expect(await compile(page, 'x', { force: 'yes' })).toMatchObject({ rejected: { code: 'bad_argument' } });
  expect(await compile(page, 'x'.repeat(2_000_000))).toMatchObject({ rejected: { code: 'too_large' } });
  const long = `-module(long).\n-export([f/1]).\n${Array.from({ length: 3000 }, (_, n) => `f(${n}) -> {${n}, a};\n`).join('')}f(_) -> no.\n`;
  expect(await compile(page, long, { timeoutMs: 200 })).toMatchObject({ rejected: { code: 'timeout' } });
  expect(value(await console.ask('eval', '1 + 1.'))).toBe('2');
});
