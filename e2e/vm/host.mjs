// Boots AtomVM in headless Chromium from Node, for tests and benchmarks of the VM and the packs alone,
// without the site: a static server with isolation headers, one page a boot, the VM in a module worker.
//
//   const host = await openHost({ vm: "node_modules/@swmansion/popcorn/dist" });
//   const vm = await host.boot({ packs: ["core.avm"], memoryMib: 256 });
//   await vm.waitFor(() => vm.events.some((event) => event.event === "console_up"));
//   JSON.parse(await vm.call("console", JSON.stringify({ op: "ping" })));
//   vm.stdout, vm.stderr, vm.terminal  // text so far
//   await vm.exited                     // the reason, once the VM is gone
//   await host.close();

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

const here = dirname(fileURLToPath(import.meta.url));

const types = { ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Serves the worker, the VM's two files and whatever packs are registered; nothing else exists.
const serve = async (vmFolder, re) => {
  const files = new Map([
    ["/worker.mjs", join(here, "host_worker.mjs")],
    ["/re.mjs", join(here, "../../js/bindings/re.js")],
  ]);
  if (re !== undefined) files.set("/re.wasm", re);
  for (const name of ["AtomVM.mjs", "AtomVM.wasm"]) {
    files.set(`/vm/${name}`, join(vmFolder, name));
  }
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://host").pathname;
    if (path === "/") {
      response.writeHead(200, { ...headers, "Content-Type": types[".html"] });
      response.end("<!doctype html><title>VM host</title>");
      return;
    }
    const file = files.get(path);
    if (file === undefined) {
      response.writeHead(404, headers).end();
      return;
    }
    const type = types[extname(path)] ?? "application/octet-stream";
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { ...headers, "Content-Type": type }).end(bytes);
    } catch (error) {
      response.writeHead(500, headers).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  let count = 0;
  const publish = (file) => {
    const path = `/packs/${count++}.avm`;
    files.set(path, file);
    return path;
  };
  return { server, publish, origin: `http://127.0.0.1:${server.address().port}` };
};

/// One VM: what it said so far, and ways to speak to it.
class Vm {
  stdout = "";
  stderr = "";
  terminal = "";
  events = [];
  #page;
  #waiting = new Set();
  #unread = "";

  constructor(page) {
    this.#page = page;
    this.exited = new Promise((resolve) => {
      this.onExit = resolve;
    });
  }

  hear(message) {
    if (message.type === "event") {
      this.#event(message.text);
    } else if (message.type === "exit") {
      this.gone = message.reason;
      this.onExit(message.reason);
    } else {
      this[message.type] += message.text;
      // The VM's last word when the program is done; its thread may linger.
      const end = /^Return value: .*$/m.exec(this.stdout);
      if (end !== null && this.gone === undefined) {
        this.gone = end[0];
        this.onExit(end[0]);
      }
    }
    for (const look of this.#waiting) look();
  }

  // A long event may arrive in several writes: lines are put together again.
  #event(text) {
    const lines = (this.#unread + text).split("\n");
    this.#unread = lines.pop();
    try {
      this.events.push(JSON.parse(this.#unread));
      this.#unread = "";
    } catch {
      // Not whole yet.
    }
    for (const line of lines.filter(Boolean)) this.events.push(JSON.parse(line));
  }

  /// Resolves as soon as `condition()` holds; rejects if the VM goes away or the time is over first.
  waitFor(condition, timeoutMs = 30_000) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle(value);
      };
      const look = () => {
        if (condition()) finish(resolve);
        else if (this.gone !== undefined) finish(reject, new Error(`${this.gone}\n${this.stderr}`));
      };
      const timer = setTimeout(
        () => finish(reject, new Error(`not seen in ${timeoutMs} ms\n${this.stderr}`)),
        timeoutMs,
      );
      this.#waiting.add(look);
      look();
    });
  }

  /// Calls a registered process; text in, text out. Rejects with what the VM said, or when it is gone.
  async call(process, text) {
    const lost = this.exited.then((reason) => ({ error: reason }));
    const reply = this.#page.evaluate(([p, t]) => globalThis.callVm(p, t), [process, text]);
    const { ok, error } = await Promise.race([reply, lost]);
    if (error !== undefined) throw new Error(error);
    return ok;
  }

  cast(process, text) {
    return this.#page.evaluate((message) => globalThis.worker.postMessage(message), {
      type: "cast",
      process,
      text,
    });
  }

  /// Runs a function in the page; it sees `callVm(process, text)` and `worker`.
  evaluate(work, argument) {
    return this.#page.evaluate(work, argument);
  }

  /// Puts a file into the VM's file system.
  write(path, bytes) {
    return this.#page.evaluate((message) => globalThis.worker.postMessage(message), {
      type: "write",
      path,
      bytes: [...bytes],
    });
  }

  /// Ends the VM, even one whose threads never come to rest: its worker first, then its page.
  async close() {
    await this.#page.evaluate(() => globalThis.worker.terminate());
    await this.#page.close();
  }
}

// Runs in the page: starts the worker, pairs replies with calls, hands the rest to Node.
const startInPage = (options) => {
  const open = new Map();
  let next = 0;
  const worker = new Worker("/worker.mjs", { type: "module" });
  globalThis.worker = worker;
  globalThis.callVm = (process, text) =>
    new Promise((resolve) => {
      open.set(next, resolve);
      worker.postMessage({ type: "call", id: next++, process, text });
    });
  return new Promise((resolve) => {
    worker.onerror = (event) => globalThis.hear({ type: "exit", reason: `worker: ${event.message}` });
    worker.onmessage = ({ data }) => {
      if (data.type === "reply") {
        open.get(data.id)(data);
        open.delete(data.id);
      } else if (data.type === "started") {
        resolve();
      } else {
        globalThis.hear(data);
        if (data.type === "exit") resolve();
      }
    };
    worker.postMessage({ type: "start", ...options });
  });
};

/// A browser and a server; `vm` is the folder with AtomVM.mjs and AtomVM.wasm, `re` the engine of regular expressions.
export const openHost = async ({ vm: vmFolder, re, executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium" }) => {
  const { server, publish, origin } = await serve(vmFolder, re);
  const browser = await chromium.launch({ executablePath, args: flags });
  return {
    origin,
    /// Boots a VM with packs (the first one with a start module runs); resolves when the VM runs.
    /// `files` are put into the VM's file system first, by their path there.
    async boot({ packs, files = {}, memoryMib = 16 }) {
      const page = await browser.newPage();
      const vm = new Vm(page);
      await page.exposeFunction("hear", (message) => vm.hear(message));
      await page.goto(origin);
      await page.evaluate(startInPage, {
        glue: "/vm/AtomVM.mjs",
        memoryBytes: memoryMib * 1024 * 1024,
        packs: packs.map(publish),
        files: Object.entries(files).map(([path, file]) => [path, publish(file)]),
      });
      return vm;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
};
