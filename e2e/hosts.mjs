// The test object with hosts: `site` opens the built site, `fixture` a folder of e2e/fixtures, each on
// a host of its own that is closed after the test.
import { fileURLToPath } from 'node:url';

import { test as base } from '@playwright/test';

import { host } from './server/host.mjs';

const folder = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The built site. `SITE` names another folder. */
export const SITE = process.env.SITE ?? folder('../dist');

export const test = base.extend({
  hosts: async ({}, use) => {
    const open = [];
    const start = async (options) => {
      const started = await host(options);
      open.push(started);
      return started;
    };
    await use({
      site: (options = {}) => start({ root: SITE, ...options }),
      fixture: (name, options = {}) => start({ root: folder(`fixtures/${name}`), ...options }),
    });
    await Promise.all(open.map((started) => started.close()));
  },
});

export { expect } from '@playwright/test';
