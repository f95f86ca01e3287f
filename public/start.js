// Starts the app, and says so in the page when it cannot be started.
const { app, wasm } = document.querySelector('script[data-app]').dataset;

// The VM's worker takes as long to start as the app, so both start at once. The app takes it over, and what it
// said meanwhile, in its edge `port`. On a page that is not isolated it could not run, and the page will reload.
if (globalThis.crossOriginIsolated) {
  const worker = new Worker(new URL('vm_worker_loader.js', document.baseURI), { type: 'module', name: 'vm' });
  const heard = [];
  worker.onmessage = worker.onmessageerror = worker.onerror = (event) => {
    event.preventDefault();
    heard.push(event);
  };
  globalThis.earlyVmWorker = { worker, heard };
}

try {
  const bindings = await import(new URL(app, document.baseURI).href);
  await bindings.default({ module_or_path: new URL(wasm, document.baseURI).href });
} catch (cause) {
  const skeleton = document.querySelector('.skeleton');
  if (!skeleton) throw cause;
  skeleton.querySelector('.boot').classList.add('has-failed');
  skeleton.querySelector('.boot-title').textContent = 'The page could not be started';
  skeleton.querySelector('.boot-about').textContent =
    `Reload the page; if that does not help, use a current version of Chrome, Edge, Firefox or Safari. (${cause})`;
}
