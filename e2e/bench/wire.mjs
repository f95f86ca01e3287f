// Bytes over the wire by part, each file compressed with brotli at its best as a host would do once.

import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);

/** Which part of the product a file belongs to. */
function part(path, manifest) {
  const pack = manifest.packs.find(({ url }) => url === path);
  if (pack) return pack.phase === 'boot' ? 'core pack' : 'background packs';
  if (path.startsWith('vm/natives') || path.startsWith('vm/re-')) return 'on demand';
  if (path.startsWith('vm/')) return 'VM';
  if (path.startsWith('avm/') || path.startsWith('examples/')) return 'on demand';
  if (path === manifest.js.editor?.url) return 'editor';
  if (path === manifest.js.charts?.url || path === manifest.js.pacer?.url) return 'on demand';
  if (path === manifest.js.terminal?.url || path.startsWith('js/')) return 'terminal';
  if (path.startsWith('vm_worker')) return 'worker';
  if (['.svg', '.png', '.webmanifest'].includes(extname(path))) return 'icons';
  if (path === 'sw.js' || path === 'assets.json') return 'on demand';
  return 'page';
}

/** What the first prompt waits for. */
const FIRST_PROMPT = ['page', 'worker', 'VM', 'core pack', 'terminal', 'icons'];

/** Bytes of every part of a site. */
export async function wire(site) {
  const page = await readFile(join(site, 'index.html'), 'utf8');
  const manifest = JSON.parse(/<script type="application\/json" id="assets">(.*?)<\/script>/s.exec(page)[1]);
  const parts = {};
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    const name = part(relative(site, file), manifest);
    const sum = (parts[name] ??= { raw: 0, brotli: 0 });
    sum.raw += bytes.length;
    sum.brotli += (await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })).length;
  }
  const total = (names) => names.reduce((bytes, name) => bytes + (parts[name]?.brotli ?? 0), 0);
  return {
    parts_bytes: parts,
    first_prompt_brotli_bytes: total(FIRST_PROMPT),
    everything_brotli_bytes: total(Object.keys(parts)),
  };
}
