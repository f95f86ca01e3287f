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

/** Selects a word of the terminal by a double click on its middle, where `line` is counted from the top. */
async function select(page, line, column) {
  const screen = await page.locator('.xterm-screen').boundingBox();
  const [cols, rows] = await page.evaluate(() => {
    const cell = document.querySelector('.xterm-screen').getBoundingClientRect();
    const rows = document.querySelector('.xterm').querySelectorAll('.xterm-rows > div').length;
    return [cell.width, rows];
  });
  expect(cols).toBeGreaterThan(0);
  expect(rows).toBeGreaterThanOrEqual(0);
  await page.mouse.dblclick(screen.x + column * 8.43, screen.y + (line + 0.5) * 17);
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
  await select(page, await lineOf('copyable'), 4);
  await page.keyboard.press('Control+C');
  await expect.poll(() => clipboard(page)).toBe('copyable');
  await console.enter('(fun L() -> L() end)().');
  await page.keyboard.press('Control+C');
  await console.sees('** exception exit: killed');
});

const lineOf = async (text) => (await console.text()).split('\n').findIndex((line) => line.includes(text));

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
  const canvas = page.locator('.xterm-screen canvas').last();
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
