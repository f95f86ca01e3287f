// What a program can do to the page from the shell: print without end, and ask for more memory than there is.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
});

test('a million prints can be interrupted, lose no line and keep the bindings', async () => {
  await console.enter('Kept = 77.');
  await console.prompt(2);
  await console.enter('[io:format("~p~n", [X]) || X <- lists:seq(1, 1000000)].');
  await console.sees('\n2000\n');
  await console.by('interrupt').click();
  await console.sees('** exception exit: killed');
  await console.prompt(3);
  const text = await console.text();
  const numbers = text.split('\n').filter((line) => /^\d+$/.test(line)).map(Number);
  const gaps = numbers.filter((number, at) => at > 0 && number !== numbers[at - 1] + 1 && number !== 77);
  expect(gaps.slice(0, 1)).toEqual(numbers[0] === 77 ? [1] : []);
  await console.enter('Kept + 1.');
  await console.sees('\n78\n');
});

test('a recursion without end and a flood of atoms leave the shell and its bindings', async () => {
  await console.enter('Kept = 77.');
  await console.prompt(2);
  await console.enter('(fun Deeper(N) -> 1 + Deeper(N + 1) end)(0).');
  await console.sees('** exception error: {out_of_memory,');
  await console.prompt(3);
  await console.enter('length([list_to_atom("flood" ++ integer_to_list(N)) || N <- lists:seq(1, 200000)]) + Kept.');
  await console.sees('\n200077\n');
  await console.prompt(4);
});

test('a sum of five thousand terms is evaluated at the prompt', async ({ page }) => {
  await page.evaluate((text) => globalThis.atomvm.terminal.type(text), `${'1 + '.repeat(5000)}1.\r`);
  await console.sees('\n5001\n');
  await console.prompt(2);
});

test('memory that runs out is said, and the history is there in the fresh VM', async ({ page }) => {
  await console.enter('file:write_file("before", "here").');
  await console.prompt(2);
  await console.enter('(fun M(L) -> M([binary:copy(<<0>>, 1000000) | L]) end)([]).');
  await expect(console.by('error-banner')).toContainText('it ran out of memory');
  await console.ready();
  await expect.poll(async () => (await console.text()).split('Eshell').length).toBe(3);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.type('file:read_file("before"), ');
  await page.keyboard.press('Enter');
  await console.enter('file:read_file("before").');
  await console.sees('{ok,<<"here">>}');
});

test('what is printed on standard_error is red', async ({ page }) => {
  await page.evaluate(() => {
    globalThis.printed = '';
    globalThis.atomvm.on('output', (text) => (globalThis.printed += text));
  });
  await console.enter('io:put_chars(standard_error, "bad\\n").');
  await console.prompt(2);
  expect(await page.evaluate(() => globalThis.printed)).toContain('\u001b[31mbad\u001b[0m');
});
