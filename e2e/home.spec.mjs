// A person's files and the shell's history: Erlang sees them, the browser keeps them, and neither a reload, a crash
// nor what a stranger left in the database takes them away.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
  await console.prompt(1);
});

/** What the browser keeps: the size of each file by its path, `null` for a folder. */
function sizes(page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open('atomvm-console');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const files = open.result.transaction('files').objectStore('files');
          const keys = files.getAllKeys();
          const values = files.getAll();
          values.onsuccess = () => {
            open.result.close();
            resolve(Object.fromEntries(keys.result.map((key, at) => [key, values.result[at]?.byteLength ?? null])));
          };
        };
      }),
  );
}

/** The paths that the browser keeps. */
const kept = async (page) => Object.keys(await sizes(page)).sort();

test('what Erlang writes is there after a reload, a restart and a crash, and so is the history', async ({ page }) => {
  await console.enter('file:make_dir("notes"), file:write_file("notes/kept.txt", "sec" ++ "ret").');
  await console.prompt(2);
  await expect.poll(() => sizes(page)).toMatchObject({ '.erlang_history': expect.any(Number), notes: null, 'notes/kept.txt': 6 });

  await page.reload();
  await console.ready();
  await console.prompt(1);
  await console.enter('file:read_file("notes/kept.txt").');
  await console.sees('{ok,<<"secret">>}');
  await console.prompt(2);

  await page.evaluate(() => globalThis.atomvm.restart());
  await console.ready();
  expect(await console.ask('eval', 'file:read_file("notes/kept.txt").')).toMatchObject({ value: '{ok,<<"secret">>}' });

  await page.evaluate(() => globalThis.atomvm.eval("'eRlang':nif_error(undefined).").catch(() => {}));
  await console.ready();
  await expect.poll(async () => (await console.text()).split('Eshell').length).toBe(4);
  await console.prompt(1);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await console.text()).split('{ok,<<"secret">>}').length).toBe(3);
});

test('what is removed and renamed stays so', async ({ page }) => {
  await console.enter('[file:write_file(F, "x") || F <- ["a", "b"]], file:rename("a", "c"), file:delete("b").');
  await console.prompt(2);
  await expect.poll(() => kept(page)).toEqual(['.erlang_history', 'c']);
});

for (const end of ['q()', 'init:stop()', 'halt()']) {
  test(`${end} gives a fresh VM and keeps the files`, async () => {
    await console.enter('X = 1, file:write_file("c.txt", "here").');
    await console.prompt(2);
    await console.enter(`${end}.`);
    await console.sees('a fresh VM');
    await console.ready();
    await expect.poll(async () => (await console.text()).split('Eshell').length).toBe(3);
    await console.enter('{X, file:read_file("c.txt")}.');
    await console.sees("variable 'X' is unbound");
    await console.enter('file:read_file("c.txt").');
    await console.sees('{ok,<<"here">>}');
  });
}

test('a stranger in the database does no harm', async ({ page }) => {
  await console.enter('file:write_file("mine", "1").');
  await console.prompt(2);
  await expect.poll(() => kept(page)).toContain('mine');
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open('atomvm-console');
        open.onsuccess = () => {
          const write = open.result.transaction('files', 'readwrite');
          const files = write.objectStore('files');
          files.put(new Uint8Array(3), '../../data/core.avm');
          files.put(new Uint8Array(3), '/etc/passwd');
          files.put(new Uint8Array((4 << 20) + 1), 'too-large');
          files.put({ not: 'bytes' }, 'an-object');
          files.put(new Uint8Array(3), 7);
          files.put(Uint8Array.from([0xff, 0x0a, 0x1b, 0x5d, 0x0a, 0x6f, 0x6b, 0x2e, 0x0a]), '.erlang_history');
          write.oncomplete = () => resolve(open.result.close());
          write.onerror = () => reject(write.error);
        };
      }),
  );
  await page.reload();
  await console.ready();
  await console.prompt(1);
  await console.enter('lists:sort(element(2, file:list_dir("."))).');
  await console.sees('[".erlang_history","mine"]');
  await page.getByRole('button', { name: /^Log/ }).click();
  await expect(console.by('log-view')).toContainText('3 kept files have an unusable name or size');
  expect(console.problems).toEqual([]);
});
