// Starts the app, and says so in the page when it cannot be started.
const { app, wasm } = document.querySelector('script[data-app]').dataset;

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
