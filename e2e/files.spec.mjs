// Files from outside are hostile until checked: what is refused, with which words, and that the session goes on.
import { readFileSync } from 'node:fs';

import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

const data = (name) => readFileSync(new URL(`../crates/avm/tests/data/${name}`, import.meta.url));

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
});

/** The same numbers on every machine: a linear congruential generator. */
function* random(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

/** A copy of a file with some bytes changed, or cut off, or with bytes put in. */
function mutate(bytes, numbers) {
  const next = (bound) => numbers.next().value % bound;
  const copy = Buffer.from(bytes);
  switch (next(3)) {
    case 0:
      return copy.subarray(0, next(copy.length));
    case 1:
      for (let count = 1 + next(8); count > 0; count -= 1) copy[next(copy.length)] = next(256);
      return copy;
    default:
      return Buffer.concat([copy.subarray(0, next(copy.length)), Buffer.from([next(256)]), copy]);
  }
}

test('a module is loaded and can be called', async () => {
  expect(await console.load(data('shapes.beam'), 'shapes.beam')).toEqual({ modules: ['shapes'] });
  const listed = await console.ask('eval', 'erlang:module_loaded(shapes).');
  expect(listed.value).toBe('true');
});

test('what is no module is refused with the offset and the reason', async () => {
  const page = await console.load(Buffer.from('<!doctype html><p>not found'), 'x.beam');
  expect(page.rejected).toMatchObject({ name: 'AtomvmError', code: 'bad_beam' });
  expect(page.rejected.message).toMatch(/offset|HTML/);
  const cut = await console.load(data('shapes.beam').subarray(0, 100), 'shapes.beam');
  expect(cut.rejected).toMatchObject({ code: 'bad_beam' });
  expect(cut.rejected.message).toMatch(/offset \d+/);
  const pack = await console.load(Buffer.from('#!/usr/bin/env AtomVM\n\0\0rubbish'), 'x.avm');
  expect(pack.rejected).toMatchObject({ code: 'bad_avm' });
});

test('a module that the machine cannot run is refused with the function that would end it', async () => {
  const natives = await console.load(data('nifs.beam'), 'nifs.beam');
  expect(natives.rejected).toMatchObject({ name: 'AtomvmError', code: 'bad_beam' });
  expect(natives.rejected.message).toContain('nifs');
  await expect(console.by('vm-state')).toHaveText('ready');
});

test('a file dropped on the page is refused in a banner, and the running session goes on', async () => {
  await console.prompt(1);
  await console.enter('Kept = 5.');
  await console.prompt(2);
  await console.drop('broken.beam', data('shapes.beam').subarray(0, 64));
  await expect(console.by('error-banner')).toContainText('broken.beam');
  await expect(console.by('error-banner')).toContainText(/offset \d+/);
  await console.enter('Kept * 10.');
  await console.sees('\n50\n');
  await expect(console.by('vm-state')).toHaveText('ready');
});

test('a thousand mutated files: none reaches the VM unchecked, the session outlives them all', async ({ page }) => {
  const numbers = random(20261123);
  const good = data('shapes.beam');
  const files = Array.from({ length: 1000 }, () => mutate(good, numbers).toString('base64'));
  const crashes = await page.evaluate(() => {
    globalThis.crashes = 0;
    globalThis.atomvm.on('crash', () => (globalThis.crashes += 1));
    return globalThis.crashes;
  });
  expect(crashes).toBe(0);
  const codes = await page.evaluate(async (list) => {
    const counts = {};
    for (const base64 of list) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const code = await globalThis.atomvm.load(bytes, 'mutant.beam').then(
        () => 'loaded',
        (error) => error.code,
      );
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  }, files);
  // A changed byte may leave a valid module (another literal, another atom); all else is refused.
  expect(codes.bad_beam).toBeGreaterThan(700);
  expect(Object.keys(codes).filter((code) => !['bad_beam', 'loaded'].includes(code))).toEqual([]);
  expect(await page.evaluate(() => globalThis.crashes)).toBe(0);
  expect(await console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
});
