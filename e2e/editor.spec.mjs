// The editor, as a person uses it: opened, typed into, compiled, run, and its files over a reload.
import { AxeBuilder } from '@axe-core/playwright';
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

const open = async (page, hosts, fragment = '') => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(`${site.url}${fragment}`);
  return console;
};

/** The text in sight. */
const text = (page) => page.locator('.cm-content');

/** Puts another text in the place of the one in sight, with the keyboard. */
const write = async (page, source) => {
  await text(page).click();
  await page.keyboard.press('Control+a');
  // Pasted, since an editor that closes brackets by itself would close those that are typed.
  await page.evaluate(
    (pasted) => {
      const data = new DataTransfer();
      data.setData('text/plain', pasted);
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    source,
  );
};

test('a module is written, compiled and run with the keyboard', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await console.prompt(1);
  await page.getByRole('button', { name: 'Editor' }).first().click();
  await expect(console.by('editor')).toBeVisible();
  await expect(text(page)).toContainText('-module(hello).');
  await write(page, '-module(hello).\n-export([start/0]).\nstart() -> {made, here}.\n');
  await page.keyboard.press('Control+Enter');
  await expect(console.by('diagnostics')).toContainText('hello is loaded');
  await expect(page.getByLabel('Run', { exact: true })).toHaveValue('hello:start().');
  await console.by('run').click();
  await console.sees('{made,here}');
  await expect(console.by('files')).toContainText('hello.erl');
  expect(console.problems).toEqual([]);
});

test('findings lead to their place, in the list and beside the lines', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await page.getByRole('button', { name: 'Editor' }).first().click();
  await expect(text(page)).toContainText('hello');
  await write(page, '-module(hello).\n-export([start/0]).\nstart() ->\n    Unused = 1,\n    Missing.\n');
  await console.by('compile').click();
  await expect(console.by('diagnostics')).toContainText('Not loaded: 1 error');
  await expect(page.locator('.cm-lint-marker-error')).toBeVisible();
  await page.getByRole('button', { name: /variable 'Missing' is unbound/ }).click();
  await page.keyboard.type('Not');
  await expect(text(page)).toContainText('NotMissing.');
});

test('files outlive the page, and can be made, renamed and removed', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await page.getByRole('button', { name: 'Editor' }).first().click();
  const files = console.by('files');
  await files.getByRole('button', { name: 'New file' }).click();
  await page.keyboard.type('counter_two');
  await page.keyboard.press('Enter');
  await expect(text(page)).toContainText('-module(counter_two).');
  await files.getByRole('button', { name: 'Rename this file' }).click();
  await page.keyboard.type('three.erl');
  await page.keyboard.press('Enter');
  await expect(files.getByRole('button', { name: 'three.erl' })).toBeVisible();
  await write(page, '-module(three).\n-export([f/0]).\nf() -> 3.\n');
  // What is written is seen by Erlang as well.
  await expect
    .poll(async () => (await console.ask('eval', 'element(2, file:read_file("/home/user/three.erl")).')).value)
    .toContain('f() -> 3.');
  await page.reload();
  await console.ready();
  await page.getByRole('button', { name: 'Editor' }).first().click();
  await expect(text(page)).toContainText('f() -> 3.');
  await files.getByRole('button', { name: 'Delete this file' }).click();
  await files.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(files.getByRole('button', { name: 'three.erl' })).toHaveCount(0);
});

test('a file that Erlang writes changes in the editor', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await console.drop('notes.hrl', Buffer.from('-define(ONE, 1).\n'));
  await expect(text(page)).toContainText('ONE');
  await console.ask('eval', 'file:write_file("/home/user/notes.hrl", "-define(TWO, 2).\\n").');
  await expect(text(page)).toContainText('TWO');
});

test('a dropped source opens, and is not run', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await console.drop('dropped.erl', Buffer.from('-module(dropped).\n-export([start/0]).\nstart() -> 1.\n'));
  await expect(text(page)).toContainText('-module(dropped).');
  expect((await console.ask('modules')).modules).toEqual([]);
});

test('an example is read, changed and run', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await console.prompt(1);
  await page.getByRole('tab', { name: 'Examples' }).click();
  await page.getByRole('button', { name: 'Open Hot code upgrade in the editor' }).click();
  await expect(text(page)).toContainText('-module(hot_upgrade).');
  // Nothing is kept of what was only looked at.
  await expect(console.by('files').getByRole('button', { name: 'hot_upgrade.erl' })).toHaveCount(0);
  await console.by('run').click();
  await console.sees('Welcome back, Joe!');
});

test('a shared program is shown and runs nothing before a person says so', async ({ page, hosts }) => {
  const console = await open(page, hosts);
  await page.getByRole('button', { name: 'Editor' }).first().click();
  await write(page, '-module(hello).\n-export([start/0]).\nstart() -> shared_value.\n');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await console.by('share-link').inputValue();
  expect(link).toMatch(/#code=[\w-]+$/);
  const other = await page.context().browser().newContext();
  const visitor = await other.newPage();
  const theirs = new Console(visitor);
  await theirs.open(link);
  await expect(text(visitor)).toContainText('shared_value');
  await expect(visitor.getByText('This program came with the link.')).toBeVisible();
  expect((await theirs.ask('modules')).loads).toBe(0);
  await theirs.by('run').click();
  await theirs.sees('\nshared_value');
  await other.close();
});

test('a hostile or broken link gets a clear word', async ({ page, hosts }) => {
  const console = await open(page, hosts, '#code=AAAA%3Cscript%3E');
  await expect(page.getByText('The link was cut short or changed on its way.')).toBeVisible();
  await expect(console.by('editor')).toBeHidden();
  expect(console.problems).toEqual([]);
});

test('Escape, then Tab leaves the text', async ({ page, hosts }) => {
  await open(page, hosts);
  await page.getByRole('button', { name: 'Editor' }).first().click();
  await text(page).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(text(page)).not.toBeFocused();
});

for (const [what, size] of [['a desk', { width: 1440, height: 900 }], ['a phone', { width: 390, height: 844 }]]) {
  test(`the editor is accessible on ${what}`, async ({ page, hosts }) => {
    await page.setViewportSize(size);
    const console = await open(page, hosts);
    await page.getByRole('button', { name: 'Editor' }).and(page.locator(':visible')).click();
    await expect(text(page)).toContainText('hello');
    await console.by('compile').click();
    await expect(console.by('diagnostics')).toContainText('hello is loaded');
    const { violations } = await new AxeBuilder({ page }).include('#editor').analyze();
    expect(violations).toEqual([]);
  });
}
