// Runs one program on one VM inside a dedicated module worker, as the site does, and posts what it printed.
self.onmessage = async ({ data: { vm, pack, memory } }) => {
  const lines = [];
  let settled = false;
  const settle = (end) => {
    if (settled) return;
    settled = true;
    self.postMessage({ end, lines });
  };
  const line = (text) => {
    lines.push(text);
    // The VM says so once start/0 has returned; nothing of the program comes after it.
    if (text.startsWith('Return value:')) settle('returned');
  };
  try {
    const [{ default: start }, program] = await Promise.all([
      import(`${vm}/AtomVM.mjs`),
      fetch(pack).then((response) => response.arrayBuffer()),
    ]);
    await start({
      ...(memory ? { INITIAL_MEMORY: memory } : {}),
      locateFile: (name) => `${vm}/${name}`,
      preRun: [({ FS }) => FS.writeFile('/program.avm', new Uint8Array(program))],
      arguments: ['/program.avm'],
      print: line,
      printErr: (text) => line(`stderr: ${text}`),
      onAbort: (what) => settle(`aborted: ${what}`),
      onExit: (code) => settle(`exited: ${code}`),
    });
  } catch (error) {
    settle(`failed: ${error}`);
  }
};
self.postMessage('ready');
