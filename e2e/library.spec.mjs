// What of OTP's library reaches out of the VM: the engine of regular expressions.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

const isEngine = (request) => /\/vm\/re-[0-9a-f]+\.wasm$/.test(request.url());

test('the engine of re is fetched at its first use, and answers', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  const fetched = [];
  page.on('request', (request) => {
    if (isEngine(request)) fetched.push(request.url());
  });
  await console.open(site.url);
  expect(await console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
  expect(fetched).toEqual([]);
  const found = 're:run("2026-11-23", "(?<y>\\\\d+)-(?<m>\\\\d+)", [{capture, [m], list}]).';
  expect(await console.ask('eval', found)).toEqual({ value: '{match,["11"]}', output: '' });
  expect(await console.ask('eval', 're:split("a, b,c", ", *", [{return, list}]).')).toEqual({
    value: '["a","b","c"]',
    output: '',
  });
  expect(fetched).toHaveLength(1);
});

test('a pattern that would take for ever can be stopped, and the console goes on', async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  const console = new Console(page);
  await console.open(site.url);
  const endless = 're:run(lists:duplicate(5000, $a) ++ "b", "(x+x+)+y|(a+a+)+y", [{match_limit, 2000000000}]).';
  expect(await console.ask('eval', endless, { timeoutMs: 300 })).toEqual({
    rejected: expect.objectContaining({ code: 'timeout' }),
  });
  expect(await console.ask('eval', 're:run("ab", "b").')).toEqual({ value: '{match,[{1,1}]}', output: '' });
  expect(console.problems).toEqual([]);
});
