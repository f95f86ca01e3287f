// First light: a person opens the page and types Erlang into it.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

for (const headers of ['isolated', 'bare']) {
  test(`an expression typed into the terminal is answered, host ${headers}`, async ({ page, hosts }) => {
    const site = await hosts.site({ headers });
    const console = new Console(page);
    await console.open(site.url);
    await expect(console.by('isolation')).toContainText('isolated');
    await console.prompt(1);
    await console.enter('lists:sum(lists:seq(1, 100)).');
    await console.sees('5050');
    await console.prompt(2);
    expect(console.problems).toEqual([]);
  });
}

test('bindings, errors and the shell\'s own words are as in erl', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
  await console.enter('X = 20 + 1.');
  await console.prompt(2);
  await console.enter('X * 2.');
  await console.sees('42');
  await console.prompt(3);
  await console.enter('1 = 2.');
  await console.sees('** exception error: no match of right hand side value 2');
  await console.prompt(4);
  await console.enter('io:format("~ts~n", [[955, 8594, 26085]]).');
  await console.sees('λ→日');
});

test('keys edit the line: history, home, delete', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
  await console.enter('length([a, b, c]).');
  await console.sees('\n3\n');
  await console.prompt(2);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.type('10 * ');
  await page.keyboard.press('Enter');
  await console.sees('\n30\n');
});

test('an endless loop is interrupted and the bindings stay', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
  await console.enter('Kept = 77.');
  await console.prompt(2);
  await console.enter('(fun Loop() -> Loop() end)().');
  await console.by('interrupt').click();
  await console.sees('** exception exit: killed');
  await console.prompt(3);
  await console.enter('Kept + 1.');
  await console.sees('\n78\n');
});

test('an example runs in the shell at the press of a button', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
  await page.getByRole('tab', { name: 'Examples' }).click();
  await page.getByRole('button', { name: /^Run .*ring/i }).click();
  await console.prompt(2);
  expect(await console.text()).not.toContain('exception');
});

test('?module=NAME loads a pack from the site and runs it', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(`${site.url}?module=ring`);
  await console.sees('messages through');
  await console.open(`${site.url}?module=no_such_module`);
  await expect(console.by('error-banner')).toContainText('avm/no_such_module.avm');
  await console.open(`${site.url}?module=../secret`);
  await expect(console.by('error-banner')).toContainText('module');
});
