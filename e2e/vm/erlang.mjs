// Runs a pack of Erlang tests in the VM and prints what it wrote to the terminal, up to the line `done`.
//
//   node e2e/vm/erlang.mjs VM_FOLDER RE_ENGINE TESTS_PACK PACK...

import { openHost } from "./host.mjs";

const [folder, re, ...packs] = process.argv.slice(2);
const host = await openHost({ vm: folder, re });
try {
  const vm = await host.boot({ packs, memoryMib: 256 });
  await vm.waitFor(() => vm.terminal.endsWith("\ndone\n"), 300_000).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  process.stdout.write(vm.terminal);
} finally {
  await host.close();
}
