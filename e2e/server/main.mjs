// Serves a folder by hand in one of the test hosts' moods, to look at the site there:
// node e2e/server/main.mjs [--root dist] [--base /some/project/] [--isolated] [--fallback] [--port 8081]
import { parseArgs } from 'node:util';

import { host } from './host.mjs';

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: 'dist' },
    base: { type: 'string', default: '/' },
    isolated: { type: 'boolean', default: false },
    fallback: { type: 'boolean', default: false },
    port: { type: 'string', default: '8081' },
  },
});
const site = await host({
  root: values.root,
  base: values.base,
  headers: values.isolated ? 'isolated' : 'bare',
  fallback: values.fallback,
  port: Number(values.port),
});
console.log(`${values.root} is served at ${site.url}`);
