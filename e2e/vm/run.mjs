// Boots packs in headless Chromium and prints what the VM says: the quickest way to try a pack.
//
//   node e2e/vm/run.mjs [--vm DIR] [--memory MIB] [--wait MS] [--up] [--call PROCESS TEXT]... PACK...
//
// `--up` waits for the event console_up first. Without calls it ends when the VM exits or after --wait.

import { openHost } from "./host.mjs";

const options = {
  vm: "node_modules/@swmansion/popcorn/dist",
  memory: 16,
  wait: 10_000,
  up: false,
  calls: [],
  packs: [],
};
const words = process.argv.slice(2);
while (words.length > 0) {
  const word = words.shift();
  if (word === "--vm") options.vm = words.shift();
  else if (word === "--memory") options.memory = Number(words.shift());
  else if (word === "--wait") options.wait = Number(words.shift());
  else if (word === "--up") options.up = true;
  else if (word === "--call") options.calls.push([words.shift(), words.shift()]);
  else options.packs.push(word);
}

const host = await openHost({ vm: options.vm });
const start = performance.now();
const since = () => `${(performance.now() - start).toFixed(0)} ms`;
const vm = await host.boot({ packs: options.packs, memoryMib: options.memory });
console.log(`started: ${since()}`);
try {
  if (options.up) {
    await vm.waitFor(() => vm.events.some(({ event }) => event === "console_up"), options.wait);
    console.log(`console_up: ${since()}`);
  }
  for (const [name, text] of options.calls) {
    const before = performance.now();
    const reply = await vm.call(name, text).catch((error) => `rejected: ${error.message}`);
    console.log(`${name} ${text}\n  → ${reply} (${(performance.now() - before).toFixed(1)} ms)`);
  }
  if (options.calls.length === 0 && !options.up) await vm.waitFor(() => vm.gone, options.wait);
} catch (error) {
  console.log(error.message.split("\n", 1)[0]);
}
for (const name of ["stdout", "stderr", "terminal"]) {
  if (vm[name] !== "") console.log(`--- ${name}\n${vm[name].trimEnd()}`);
}
if (vm.events.length > 0) console.log(`--- events\n${vm.events.map((e) => JSON.stringify(e)).join("\n")}`);
if (vm.gone !== undefined) console.log(`--- gone: ${vm.gone}`);
await host.close();
