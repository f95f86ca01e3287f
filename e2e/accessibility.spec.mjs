// No violation that axe finds, in any pane, in both themes, on a desk and on a phone.
import { AxeBuilder } from '@axe-core/playwright';

import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

const PANES = ['Service levels', 'Processes', 'Examples'];

/** What axe finds, as a person can act on it. xterm's own layers draw; what it has for readers is apart. */
async function findings(page) {
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm-screen').analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({ id, help, target: target.join(' '), failureSummary })),
  );
}

for (const colorScheme of ['light', 'dark']) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('on a desk', async ({ page, hosts }) => {
      const site = await hosts.site({ headers: 'isolated' });
      const console = new Console(page);
      await console.open(site.url);
      await console.prompt(1);
      await console.ask('call', 'echo', 1);
      for (const name of PANES) {
        await page.getByRole('tab', { name }).click();
        await expect(page.getByRole('tabpanel', { name })).toBeVisible();
        expect(await findings(page), name).toEqual([]);
      }
      await page.getByRole('tab', { name: 'Processes' }).click();
      await page.getByLabel('The console\'s own').check();
      const row = console.by('process-table').getByRole('row').filter({ hasText: 'echo' });
      await row.getByRole('button', { name: /^Kill/ }).click();
      await expect(page.getByRole('button', { name: 'Kill it' })).toBeVisible();
      expect(await findings(page), 'a process and its confirmation').toEqual([]);
      await page.getByRole('button', { name: 'Supervision' }).click();
      expect(await findings(page), 'supervision').toEqual([]);
      await page.getByRole('button', { name: /^Log/ }).click();
      await expect(console.by('log-view')).toBeVisible();
      expect(await findings(page), 'log').toEqual([]);
    });

    test('on a phone', async ({ page, hosts }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      const site = await hosts.site({ headers: 'isolated' });
      const console = new Console(page);
      await console.open(site.url);
      await console.prompt(1);
      const panes = page.getByRole('navigation', { name: 'Panes' }).getByRole('button');
      for (const pane of await panes.all()) {
        await pane.click();
        await expect(pane).toHaveAttribute('aria-pressed', 'true');
        expect(await findings(page), await pane.textContent()).toEqual([]);
      }
    });
  });
}
