// Runs Erlang programs on two VMs in one browser and says what each printed, as JSON on stdout.
// usage: node compare.mjs PLAN, a JSON file {"vms": {NAME: {"folder", "memory"}}, "programs": {NAME: PACK},
// "chromium": PATH}; "memory" in bytes is optional.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const DEADLINE_MS = 120_000;
const TYPES = { mjs: 'text/javascript', wasm: 'application/wasm', html: 'text/html' };
const plan = JSON.parse(await readFile(process.argv[2], 'utf8'));
const here = dirname(fileURLToPath(import.meta.url));

// What a path of the little site is on disk: /vm/NAME/FILE, /pack/NAME, or a file beside this one.
function fileOf(path) {
  const [, kind, name, file] = path.split('/');
  if (kind === 'vm' && plan.vms[name]) return join(plan.vms[name].folder, file);
  if (kind === 'pack' && plan.programs[name]) return plan.programs[name];
  return path === '/worker.mjs' ? join(here, 'worker.mjs') : undefined;
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  const headers = {
    'content-type': TYPES[path.split('.').at(-1)] ?? 'application/octet-stream',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  };
  try {
    const body = path === '/' ? '' : await readFile(fileOf(path));
    response.writeHead(200, path === '/' ? { ...headers, 'content-type': 'text/html' } : headers);
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: plan.chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

// One program on one VM, in a worker of its own.
function run([vm, program, memory, deadline]) {
  return new Promise((done) => {
    const worker = new Worker('/worker.mjs', { type: 'module' });
    const start = performance.now();
    const end = (result) => {
      clearTimeout(timer);
      worker.terminate();
      done({ ...result, ms: performance.now() - start });
    };
    const timer = setTimeout(() => end({ end: 'still running', lines: [] }), deadline);
    worker.onerror = (error) => end({ end: `worker: ${error.message}`, lines: [] });
    worker.onmessage = ({ data }) => {
      if (data === 'ready') worker.postMessage({ vm: `/vm/${vm}`, pack: `/pack/${program}`, memory });
      else end(data);
    };
  });
}

try {
  const page = await browser.newPage();
  await page.goto(origin);
  const runs = [];
  for (const program of Object.keys(plan.programs)) {
    for (const [vm, { memory }] of Object.entries(plan.vms)) {
      const result = await page.evaluate(run, [vm, program, memory, DEADLINE_MS]);
      runs.push({ vm, program, ...result });
    }
  }
  process.stdout.write(JSON.stringify(runs));
} finally {
  await browser.close();
  server.close();
}
