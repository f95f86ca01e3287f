// The terminal as a person uses it beside typing: copy and paste, search, and drawing without WebGL.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts, context }) => {
  const site = await hosts.site({ headers: 'isolated' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(site.url).origin });
  console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
});

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Selects a word of the terminal by a double click on it. */
async function select(page, word) {
  await console.enter('{io:columns(), io:rows()}.');
  await expect.poll(() => console.text()).toMatch(/\{\{ok,\d+\},\{ok,\d+\}\}/);
  const [, cols, rows] = /\{\{ok,(\d+)\},\{ok,(\d+)\}\}/.exec(await console.text());
  const line = (await console.text()).split('\n').findIndex((text) => text.startsWith(word));
  const screen = await page.locator('.xterm-screen').boundingBox();
  const x = screen.x + (screen.width / cols) * (word.length / 2);
  await page.mouse.dblclick(x, screen.y + (screen.height / rows) * (line + 0.5));
}

test('what is pasted reaches the shell as if it were typed', async ({ page }) => {
  await page.evaluate(() => navigator.clipboard.writeText('lists:reverse([3, 2, 1]).'));
  await console.by('terminal').click();
  await page.keyboard.press('Control+V');
  await console.sees('1> lists:reverse([3, 2, 1]).');
  await page.keyboard.press('Enter');
  await console.sees('\n[1,2,3]\n');
});

test('Ctrl+C copies what is selected, and interrupts where nothing is', async ({ page }) => {
  await page.evaluate(() => globalThis.atomvm.terminal.write('\r\ncopyable\r\n'));
  await console.sees('copyable');
  await page.evaluate(() => navigator.clipboard.writeText('before'));
  await select(page, 'copyable');
  await page.keyboard.press('Control+C');
  await expect.poll(() => clipboard(page)).toBe('copyable');
  await console.enter('(fun L() -> L() end)().');
  await page.keyboard.press('Control+C');
  await console.sees('** exception exit: killed');
});

test('search marks what it finds and leads from match to match', async ({ page }) => {
  await page.evaluate(() => globalThis.atomvm.terminal.write('\r\nneedle one\r\nhay\r\nneedle two\r\n'));
  await console.sees('needle two');
  const field = page.getByLabel('Find in the terminal\'s output');
  await field.fill('needle');
  await page.keyboard.press('Enter');
  const selected = async () => {
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await console.by('terminal').locator('textarea').press('Control+C');
    return clipboard(page);
  };
  await expect.poll(selected).toBe('needle');
  await field.fill('nowhere to be found');
  await page.keyboard.press('Escape');
  await expect(field).toHaveValue('');
});

test('a lost WebGL context leaves a terminal that still draws', async ({ page }) => {
  const canvas = page.locator('.xterm-screen canvas');
  await expect(canvas).not.toHaveCount(0);
  await page.evaluate(() => {
    for (const canvas of document.querySelectorAll('.xterm-screen canvas')) {
      canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
    }
  });
  await console.enter('6 * 7.');
  await console.sees('\n42\n');
  await expect(page.locator('.xterm-rows')).toContainText('42');
  await expect(canvas).toHaveCount(0);
});
