// The smallest host of the VM in a module worker: boots AtomVM with packs and devices, passes calls in
// and everything that comes out to the page. Knows nothing of what the packs do.

import { reDevice } from "./re.mjs";

const decoder = () => {
  const utf8 = new TextDecoder();
  return (bytes) => utf8.decode(bytes, { stream: true });
};

// A character device that Erlang can only write to; each write becomes one message.
const makeDevice = (FS, minor, path, type) => {
  const device = FS.makedev(64, minor);
  const decode = decoder();
  FS.registerDevice(device, {
    open() {},
    write(_stream, buffer, offset, length) {
      // The VM's memory is shared: decoders want a copy of their own.
      postMessage({ type, text: decode(buffer.slice(offset, offset + length)) });
      return length;
    },
  });
  FS.mkdev(path, 0o666, device);
};

// Stands for the product's gate: what the suites load comes from compilers, so its size is all that is looked at.
const makeGate = (FS, minor) => {
  const device = FS.makedev(64, minor);
  FS.registerDevice(device, {
    open() {},
    write(stream, buffer, offset, length) {
      const question = new Uint8Array(buffer.slice(offset, offset + length));
      const beam = question.subarray(question.indexOf(0) + 1);
      const size = beam.length < 8 ? 0 : new DataView(beam.buffer, beam.byteOffset).getUint32(4);
      stream.verdict = new TextEncoder().encode(size === beam.length - 8 ? "ok" : "it is no module");
      return length;
    },
    read(stream, buffer, offset) {
      buffer.set(stream.verdict, offset);
      return stream.verdict.length;
    },
  });
  FS.mkdev("/dev/gate", 0o666, device);
};

// The device of regular expressions, with the engine that the server may have.
const makeRe = (FS, minor) => {
  const device = FS.makedev(64, minor);
  FS.registerDevice(device, reDevice(async () => WebAssembly.compile(await (await fetch("/re.wasm")).arrayBuffer())));
  FS.mkdev("/dev/re", 0o666, device);
};

let vm;

const load = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

const start = async ({ glue, memoryBytes, packs, files }) => {
  const contents = await Promise.all(packs.map(load));
  const others = await Promise.all(files.map(async ([path, url]) => [path, await load(url)]));
  const paths = contents.map((_, index) => `/data/${index}.avm`);
  const { default: init } = await import(glue);
  // A program that ends at once never lets the promise of `init` settle: the hook tells first.
  init({
    onRuntimeInitialized() {
      vm = this;
      postMessage({ type: "started" });
    },
    INITIAL_MEMORY: memoryBytes,
    arguments: paths,
    preRun: [
      ({ FS }) => {
        FS.mkdir("/data");
        FS.mkdir("/home/user");
        contents.forEach((bytes, index) => FS.writeFile(paths[index], bytes));
        for (const [path, bytes] of others) {
          FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
          FS.writeFile(path, bytes);
        }
        makeDevice(FS, 0, "/dev/term", "terminal");
        makeDevice(FS, 1, "/dev/event", "event");
        makeGate(FS, 2);
        makeRe(FS, 3);
      },
    ],
    print: (text) => postMessage({ type: "stdout", text: `${text}\n` }),
    printErr: (text) => postMessage({ type: "stderr", text: `${text}\n` }),
    onAbort: (reason) => postMessage({ type: "exit", reason: `abort: ${reason}` }),
    onExit: (code) => postMessage({ type: "exit", reason: `exit: ${code}` }),
  }).catch((error) => postMessage({ type: "exit", reason: `start: ${error}` }));
};

const answer = async ({ id, process, text }) => {
  try {
    postMessage({ type: "reply", id, ok: await vm.call(process, text) });
  } catch (reason) {
    postMessage({ type: "reply", id, error: String(reason) });
  }
};

onmessage = ({ data }) => {
  if (data.type === "start") {
    start(data).catch((error) => postMessage({ type: "exit", reason: `start: ${error}` }));
  } else if (data.type === "call") {
    answer(data);
  } else if (data.type === "cast") {
    vm.cast(data.process, data.text);
  } else if (data.type === "write") {
    vm.FS.writeFile(data.path, new Uint8Array(data.bytes));
  }
};
