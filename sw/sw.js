// The site's one service worker: gives pages and workers the headers that cross-origin isolation
// needs, on hosts that send none. Served unbundled from the site's root under this name for ever.
// Its headers are those of deploy/headers.json; a test compares them.
'use strict';

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

// A host that sends one of these knows better.
const DEFAULTS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

// Embedder policy is asked of these alone; everything else goes from the network to the page.
const NEEDS_HEADERS = new Set(['document', 'iframe', 'frame', 'worker', 'sharedworker']);

// Nothing is kept between versions, so a new one may take over at once.
self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('fetch', (event) => {
  if (isOurs(event.request)) event.respondWith(answer(event.request));
});

function isOurs(request) {
  return (
    request.method === 'GET' &&
    NEEDS_HEADERS.has(request.destination) &&
    request.url.startsWith(self.registration.scope) &&
    !request.headers.has('range') &&
    // Such a request may not leave the cache, and throws when it is sent on in another mode.
    (request.cache !== 'only-if-cached' || request.mode === 'same-origin')
  );
}

async function answer(request) {
  try {
    return withHeaders(await fetch(request));
  } catch (cause) {
    return withHeaders(unreachable(request, cause));
  }
}

function withHeaders(response) {
  // Opaque answers and redirects have no readable parts: the browser must have them as they are.
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.status === 0) {
    return response;
  }
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

function unreachable(request, cause) {
  const text =
    `The site cannot be reached, so ${request.url} could not be loaded (${cause.message}).\n` +
    'Check the connection, then load the page again.\n';
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
  return new Response(text, { status: 503, statusText: 'Service Unavailable', headers });
}
