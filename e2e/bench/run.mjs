// Measures the built site in Chromium and prints one JSON object: roundtrips beside a bare echo, boot from
// navigation to the first answer, bytes over the wire, memory. `cargo xtask bench` runs it and shows a table.
//
//   node e2e/bench/run.mjs [--rounds 5] [--calls 2000] [--burst 1000] [--restarts 20] [--recorder WASM]

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { chromium } from '@playwright/test';

import config from '../playwright.config.mjs';
import { host } from '../server/host.mjs';
import { boots } from './boot.mjs';
import { compilations } from './compile.mjs';
import { levels } from './levels.mjs';
import { restarts } from './memory.mjs';
import { roundtrips } from './roundtrip.mjs';
import { terminal } from './terminal.mjs';
import { wire } from './wire.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    calls: { type: 'string', default: '2000' },
    burst: { type: 'string', default: '1000' },
    restarts: { type: 'string', default: '20' },
    recorder: { type: 'string' },
    site: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
  },
});
const rounds = Number(values.rounds);

const browser = await chromium.launch({
  ...config.use.launchOptions,
  args: [...config.use.launchOptions.args, '--enable-precise-memory-info'],
});
const isolated = await host({ root: values.site, headers: 'isolated' });
const bare = await host({ root: values.site });
try {
  const result = {
    wire: await wire(values.site),
    boot: {
      isolated: await boots(browser, isolated.url, rounds),
      bare: await boots(browser, bare.url, rounds),
    },
    roundtrip: await roundtrips(browser, isolated.url, {
      calls: Number(values.calls),
      burst: Number(values.burst),
      rounds,
    }),
    terminal: await terminal(browser, isolated.url),
    compile: await compilations(browser, isolated.url, { rounds: Math.min(rounds, 3), warm: 5 }),
    levels: await levels(browser, isolated.url, values.recorder, rounds),
    memory: await restarts(browser, isolated.url, Number(values.restarts)),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await browser.close();
  await isolated.close();
  await bare.close();
}
