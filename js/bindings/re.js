// The device behind which regular expressions are: `native/re/engine.c` as WebAssembly. A write is a request; each read
// is a step of the work, or a part of the answer. Whatever a request does to the engine, the VM goes on.

const [GO_ON, ANSWER, ARRIVING, LOST] = [0, 1, 2, 3];

// The operations for Emscripten. `load` returns a promise of the engine's compiled module; it is called at first use.
export const reDevice = (load) => {
  let engine;
  let arriving;

  const fetchEngine = () => {
    arriving ??= load().then(
      (module) => {
        engine = { module, exports: new WebAssembly.Instance(module, {}).exports };
      },
      () => {
        arriving = undefined;
      },
    );
  };

  // A trap leaves the engine's memory in any state: it starts anew, and its sessions are lost.
  const restart = () => {
    engine = { module: engine.module, exports: new WebAssembly.Instance(engine.module, {}).exports };
  };

  const take = (state) => {
    const { exports } = engine;
    if (state.engine !== engine) {
      state.engine = engine;
      state.session = exports.session_open();
    }
    const request = state.request;
    state.request = undefined;
    const at = state.session === 0 ? 0 : exports.request_room(request.length);
    if (at === 0) return undefined;
    new Uint8Array(exports.memory.buffer, at, request.length).set(request);
    return exports.session_take(state.session, at, request.length);
  };

  const frame = (state) => {
    const { exports } = engine;
    const length = exports.session_answer_length(state.session);
    const bytes = new Uint8Array(5 + length);
    bytes[0] = ANSWER;
    new DataView(bytes.buffer).setUint32(1, length, true);
    bytes.set(new Uint8Array(exports.memory.buffer, exports.session_answer(state.session), length), 5);
    return bytes;
  };

  // The bytes that the next read is to give.
  const step = (state) => {
    if (engine === undefined) {
      fetchEngine();
      return Uint8Array.of(ARRIVING);
    }
    const isNew = state.request !== undefined;
    if (!isNew && state.engine !== engine) return Uint8Array.of(LOST);
    try {
      const done = isNew ? take(state) : engine.exports.session_step(state.session);
      if (done === undefined) return Uint8Array.of(LOST);
      return done === 0 ? Uint8Array.of(GO_ON) : frame(state);
    } catch {
      restart();
      return Uint8Array.of(LOST);
    }
  };

  return {
    open(stream) {
      stream.re = { rest: new Uint8Array(0) };
    },
    write(stream, buffer, offset, length) {
      // The VM's memory is shared: what the engine reads must not change below it.
      stream.re.request = Uint8Array.from(buffer.subarray(offset, offset + length));
      stream.re.rest = new Uint8Array(0);
      return length;
    },
    read(stream, buffer, offset, length) {
      const state = stream.re;
      const bytes = state.rest.length > 0 ? state.rest : step(state);
      const part = bytes.subarray(0, length);
      new Uint8Array(buffer.buffer, buffer.byteOffset + offset, part.length).set(part);
      state.rest = bytes.subarray(part.length);
      return part.length;
    },
    close(stream) {
      const state = stream.re;
      if (state?.engine !== engine || state?.session === undefined) return;
      try {
        engine.exports.session_close(state.session);
      } catch {
        restart();
      }
    },
  };
};
