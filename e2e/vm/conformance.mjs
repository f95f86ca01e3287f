// Runs cases of OTP's test suites in the VM and says the outcome of each, a line of JSON on stdout as soon as it is
// known. A case that ends or freezes the VM costs that VM: the next case runs in a fresh one.
//
//   node e2e/vm/conformance.mjs PLAN
//
// PLAN is a JSON file {"vm": FOLDER, "packs": [FILE], "re": FILE, "suites": [{"name": SUITE, "limitMs": NUMBER,
// "pack": FILE, "data": FOLDER, "files": {PATH_IN_VM: FILE}, "cases": [PATH]}]}.

import { readFile } from "node:fs/promises";

import { openHost } from "./host.mjs";

// Beyond the case's own limit: for the runner to kill the case, and for its groups' functions.
const GRACE_MS = 20_000;
const BOOT_MS = 60_000;
const CLOSE_MS = 10_000;
// A fresh VM before the terminal's text and what cases left behind weigh on the ones that follow.
const CASES_A_VM = 60;
// Suites at once; each VM keeps about one core busy.
const LANES = 2;
// What the page reserves as well.
const MEMORY_MIB = 256;

const plan = JSON.parse(await readFile(process.argv[2], "utf8"));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const within = (promise, ms) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("late")), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// The words of a crash that say most.
const died = (vm) => {
  const lines = vm.stderr.split("\n").filter((line) => line.trim() !== "");
  const from = Math.max(0, lines.findIndex((line) => /abort|Aborted|error|not found|Failed/i.test(line)));
  return `${vm.gone}: ${lines.slice(from, from + 6).join(" | ").slice(0, 600)}`;
};

// A browser that runs suites, one VM after the other.
class Lane {
  async open() {
    this.host = await openHost({ vm: plan.vm, re: plan.re });
  }

  async renew() {
    await within(this.host.close(), CLOSE_MS).catch(() => {});
    await this.open();
  }

  // A VM whose memory is exhausted may take its page with it: then a new browser goes on.
  close(vm) {
    return within(vm.close(), CLOSE_MS).catch(() => this.renew());
  }

  // A VM whose console is up and whose suite is open, or the reason why there is none.
  async boot(suite) {
    const booting = this.host.boot({ packs: [...plan.packs, suite.pack], files: suite.files, memoryMib: MEMORY_MIB });
    const vm = await within(booting, BOOT_MS).catch(() => undefined);
    if (vm === undefined) {
      await this.renew();
      return { why: "the browser started no VM" };
    }
    try {
      await vm.waitFor(() => vm.events.some(({ event }) => event === "console_up"), BOOT_MS);
      const ask = async (request) => JSON.parse(await vm.call("console", JSON.stringify(request)));
      const started = await within(ask({ op: "eval", source: "conformance_vm:start()" }), BOOT_MS);
      if (started.error !== undefined) throw new Error(JSON.stringify(started.error));
      const request = JSON.stringify({ open: suite.name, data: suite.data, private: "/tmp/" });
      const opened = JSON.parse(await within(vm.call("conformance_vm", request), BOOT_MS + suite.limitMs));
      if (opened.opened !== true) throw new Error(opened.detail);
      return { vm };
    } catch (error) {
      const why = vm.gone === undefined ? error.message : died(vm);
      await this.close(vm);
      return { why };
    }
  }

  // A browser that was renewed deserves another try.
  async bootTwice(suite) {
    const first = await this.boot(suite);
    return first.vm === undefined ? this.boot(suite) : first;
  }

  async run(suite) {
    let vm;
    let count = 0;
    const drop = async () => {
      if (vm !== undefined) await this.close(vm);
      vm = undefined;
      count = 0;
    };
    for (const [at, path] of suite.cases.entries()) {
      if (count >= CASES_A_VM) await drop();
      if (vm === undefined) {
        const booted = await this.bootTwice(suite);
        vm = booted.vm;
        if (vm === undefined) {
          const unopened = { suite: suite.name, outcome: "unopened", ms: 0, detail: booted.why };
          for (const path of suite.cases.slice(at)) say({ ...unopened, path });
          return;
        }
      }
      count += 1;
      const start = Date.now();
      const answer = await ask(vm, path, suite.limitMs);
      say({ suite: suite.name, path, outcome: answer.outcome, ms: Date.now() - start, detail: answer.detail });
      // A case that was killed leaves its helpers running.
      if (["aborted", "frozen", "timeout", "broken"].includes(answer.outcome) || vm.gone !== undefined) await drop();
    }
    await drop();
  }
}

// What became of one case.
const ask = async (vm, path, limitMs) => {
  const request = JSON.stringify({ run: path, limit_ms: limitMs });
  try {
    return JSON.parse(await within(vm.call("conformance_vm", request), limitMs + GRACE_MS));
  } catch (error) {
    if (vm.gone === undefined && error.message === "late") return { outcome: "frozen", detail: "no answer" };
    // The VM's last words arrive a little after the call is lost.
    await within(vm.exited, 2_000).catch(() => {});
    return { outcome: "aborted", detail: died(vm) };
  }
};

const queue = [...plan.suites];
// A browser for each suite: the memory of VMs that are gone comes back late.
const work = async () => {
  for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
    const lane = new Lane();
    await lane.open();
    await lane.run(suite);
    await within(lane.host.close(), CLOSE_MS).catch(() => {});
  }
};

await Promise.all(Array.from({ length: LANES }, work));
// What is written to a pipe may still be on its way.
process.stdout.write("", () => process.exit(0));
