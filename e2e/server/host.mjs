// A plain static host for tests, in the moods that real hosts have: no headers at all, our headers,
// a start page for missing files, damaged or slow files, and not there at all.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const HEADERS = JSON.parse(readFileSync(new URL('../../deploy/headers.json', import.meta.url)));

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves a folder on a port of its own.
 *
 * @param {object} options
 * @param {string} options.root the folder
 * @param {string} [options.base] where the site is mounted: `/` or `/some/project/`
 * @param {'bare' | 'isolated' | Record<string, string>} [options.headers] none, as GitHub Pages does;
 *   all of deploy/headers.json; or these
 * @param {boolean} [options.fallback] answer with index.html, status 200, what is not there
 * @param {number} [options.port] 0 for any
 */
export async function host({ root, base = '/', headers = 'bare', fallback = false, port = 0 }) {
  const faults = [];
  const requests = [];
  const always = { bare: {}, isolated: HEADERS.security }[headers] ?? headers;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, 'http://host').pathname);
    response.on('finish', () => requests.push({ path, status: response.statusCode }));
    if (path === base.slice(0, -1)) return redirect(response, base);
    const inside = path.startsWith(base) ? path.slice(base.length) : undefined;
    const fault = faults.find(({ pattern, times }) => times > 0 && pattern.test(inside ?? path));
    if (fault) fault.times -= 1;
    if (fault?.kind === 'status') return plain(response, fault.status, 'out of order');
    if (fault?.kind === 'drop') return request.socket.destroy();
    if (fault?.kind === 'as') {
      response.writeHead(200, { 'Content-Type': fault.type, ...always });
      return response.end(fault.body);
    }
    const file = fault?.kind === 'missing' || inside === undefined ? undefined : find(root, inside);
    if (file) return send(request, response, file, fault, always);
    if (fallback) return send(request, response, join(root, 'index.html'), undefined, always);
    return plain(response, 404, 'not found');
  }

  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    /** The address of the site, with a slash at its end. */
    url: `http://127.0.0.1:${server.address().port}${base}`,
    /** Every request answered so far: path and status. */
    requests,
    /**
     * Answers paths in the site (or, outside of it, paths of the host) that match with a fault, until
     * `mend`, or as often as `times` says:
     * `missing`, `drop`, `corrupt` (one byte flipped), `truncate` (second half gone, length honest),
     * `status` (with `status`), `slow` (with `bytesPerSecond`), `as` (with `body` and `type`; it needs no file).
     */
    fault(pattern, kind, details = {}) {
      faults.unshift({ pattern, kind, times: Infinity, ...details });
    },
    /** Takes all faults back. */
    mend() {
      faults.length = 0;
    },
    /** Stops, cutting open connections. */
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The file behind a path in the site, or nothing. */
function find(root, inside) {
  const file = join(root, normalize(`/${inside}`));
  if (!existsSync(file)) return undefined;
  if (statSync(file).isFile()) return file;
  const index = join(file, 'index.html');
  return existsSync(index) ? index : undefined;
}

async function send(request, response, file, fault, always) {
  const head = { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', ...always };
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'only GET');
  if (fault?.kind === 'slow') {
    response.writeHead(200, { ...head, 'Content-Length': statSync(file).size });
    return pipeline(createReadStream(file, { highWaterMark: 16384 }), slowly(fault.bytesPerSecond), response);
  }
  const body = damaged(readFileSync(file), fault?.kind);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range?.[2] ? Number(range[2]) : body.length - 1;
  if (range) head['Content-Range'] = `bytes ${from}-${to}/${body.length}`;
  const part = body.subarray(from, to + 1);
  response.writeHead(range ? 206 : 200, { ...head, 'Content-Length': part.length });
  return request.method === 'HEAD' ? response.end() : pipeline(Readable.from([part]), response);
}

function damaged(body, kind) {
  if (kind === 'truncate') return body.subarray(0, body.length >> 1);
  // The last byte: magic and size stay right, and only a digest can tell.
  if (kind === 'corrupt') body[body.length - 1] ^= 0xff;
  return body;
}

/** Lets so many bytes a second through. */
function slowly(bytesPerSecond) {
  return new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => done(null, chunk), (chunk.length / bytesPerSecond) * 1000);
    },
  });
}

function redirect(response, to) {
  response.writeHead(301, { Location: to });
  response.end();
}

function plain(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
