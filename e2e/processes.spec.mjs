// The process pane: what runs in the VM appears and goes, is told of in full, and can be ended.
import { Console } from './console.mjs';
import { expect, test } from './hosts.mjs';

let console;

test.beforeEach(async ({ page, hosts }) => {
  const site = await hosts.site({ headers: 'isolated' });
  console = new Console(page);
  await console.open(site.url);
  await page.getByRole('tab', { name: 'Processes' }).click();
});

const SPAWN = 'register(waiter, spawn(fun() -> timer:sleep(infinity) end)), waiter ! a, waiter ! b, ok.';
// OTP's own `kernel` serves as the callback module: its `init(safe)` asks for no children.
const SUPERVISORS = `spawn(fun() ->
  {ok, Top} = supervisor:start_link({local, top}, kernel, safe),
  {ok, _} = supervisor:start_child(Top, #{id => pupil, start => {gen_event, start_link, [{local, pupil}]}}),
  Sub = #{id => sub, start => {supervisor, start_link, [{local, sub}, kernel, safe]}, type => supervisor},
  {ok, Below} = supervisor:start_child(Top, Sub),
  {ok, _} = supervisor:start_child(Below, #{id => leaf, start => {gen_event, start_link, []}}),
  receive stop -> ok end
end), ok.`;
// A child whose start never ends holds up its supervisor.
const STUCK = 'spawn(fun() -> supervisor:start_child(sub, #{id => slow, start => {timer, sleep, [infinity]}}) end), ok.';

const row = (name) => console.by('process-table').getByRole('row').filter({ hasText: name });

test('a process appears with its queue, and goes when it ends', async () => {
  await console.ask('eval', SPAWN);
  await expect(row('waiter')).toContainText('2');
  await console.ask('eval', 'exit(whereis(waiter), kill).');
  await expect(row('waiter')).toHaveCount(0);
});

test('links and monitors of a process are told, and it can be killed', async ({ page }) => {
  await console.ask('eval', SPAWN);
  await console.ask('eval', 'register(watcher, spawn(fun() -> erlang:monitor(process, waiter), receive stop -> ok end end)).');
  await row('waiter').getByRole('button', { name: /^</ }).click();
  const details = page.getByRole('region', { name: 'The chosen process' });
  await expect(details).toContainText('waiter');
  await expect(details.getByRole('button', { name: /watcher/ })).toBeVisible();
  await details.getByRole('button', { name: 'Kill' }).click();
  await expect(row('waiter')).toHaveCount(0);
  expect(await console.ask('eval', 'whereis(waiter).')).toEqual({ value: 'undefined', output: '' });
});

test('processes of the console are folded away, and killing one takes a second word and harms nothing', async ({ page }) => {
  await expect(row('console_hooks')).toHaveCount(0);
  await page.getByLabel('The console\'s own').check();
  const before = await row('echo').getByRole('rowheader').textContent();
  await row('echo').getByRole('button', { name: /^Kill/ }).click();
  await page.getByRole('button', { name: 'Kill it' }).click();
  await expect(row('echo').getByRole('rowheader')).not.toHaveText(before);
  expect(await console.ask('call', 'echo', 1)).toBe(1);
  await page.getByRole('button', { name: 'Kill <0.1.0>' }).click();
  await expect(page.getByRole('button', { name: 'Kill it' })).toBeDisabled();
  await expect(console.by('vm-state')).toHaveText('ready');
});

test('any process of the console may die, and the VM goes on', async () => {
  const names = '[user, standard_error, console_hooks, console_observer, echo, console_tty, shell, ets_keeper, console]';
  await console.ask('eval', `spawn(fun() -> [exit(P, kill) || N <- ${names}, P <- [whereis(N)], is_pid(P)] end), ok.`);
  await expect.poll(() => console.ask('call', 'echo', 1)).toBe(1);
  await expect.poll(() => console.ask('emitEvent', 'e', 1)).toEqual({ results: [] });
  await expect.poll(() => console.ask('eval', '1 + 1.')).toEqual({ value: '2', output: '' });
  await console.enter('20 + 22.');
  await console.sees('\n42\n');
  await expect(console.by('vm-state')).toHaveText('ready');
});

test('a shell whose start was asked of a bridge that is down starts when the bridge is up', async () => {
  // With the keeper goes what the terminal driver remembered; the bridge stays down until the driver is long up.
  const downing = `(fun Down(0) -> ok; Down(N) -> [exit(P, kill) || P <- [whereis(console)], is_pid(P)],
    receive after 5 -> Down(N - 1) end end)(100)`;
  await console.ask('eval', `spawn(fun() -> [exit(whereis(N), kill) || N <- [console_tty, ets_keeper]], ${downing} end), ok.`);
  await expect.poll(async () => (await console.text()).split('Eshell').length).toBe(3);
  await console.enter('20 + 22.');
  await console.sees('\n42\n');
  await expect(console.page.getByText('The shell did not start')).toHaveCount(0);
});

test('arrow keys lead from row to row', async ({ page }) => {
  await console.ask('eval', '[register(N, spawn(fun() -> receive stop -> ok end end)) || N <- [one, two]].');
  await row('two').getByRole('button', { name: /^</ }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(row('one').getByRole('button', { name: /^</ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'The chosen process' })).toContainText('one');
  await page.keyboard.press('ArrowDown');
  await expect(row('two').getByRole('button', { name: /^</ })).toBeFocused();
});

test('the table is sorted and filtered', async ({ page }) => {
  await console.ask('eval', '[register(N, spawn(fun() -> receive stop -> ok end end)) || N <- [beta, alpha, gamma]].');
  await expect(row('gamma')).toHaveCount(1);
  const names = () => console.by('process-table').locator('tbody [data-column="name"]').allTextContents();
  const known = async () => (await names()).filter((name) => ['alpha', 'beta', 'gamma'].includes(name));
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(known).toEqual(['alpha', 'beta', 'gamma']);
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(known).toEqual(['gamma', 'beta', 'alpha']);
  await page.getByLabel('Show processes that hold this text').fill('ALPH');
  await expect.poll(names).toEqual(['alpha']);
});

test('supervisors are shown with whom they supervise; one that is stuck holds up nobody', async ({ page }) => {
  // It comes with the packs that follow the first prompt.
  await expect.poll(async () => (await console.ask('eval', 'code:ensure_loaded(kernel).')).value).toBe('{module,kernel}');
  await console.ask('eval', SUPERVISORS);
  await page.getByRole('button', { name: 'Supervision' }).click();
  const place = (name) => console.by('process-table').getByRole('listitem').filter({ hasText: name });
  await expect(place('top').filter({ hasText: 'sub' }).filter({ hasText: 'leaf' })).toHaveCount(1);
  await expect(place('pupil').last()).toContainText('worker');
  await console.ask('eval', STUCK);
  await expect(place('sub').last()).toContainText('does not answer');
  await expect(place('top').first()).toContainText('pupil');
});

// Stands in for the observer, and counts how often it is asked.
const COUNTER = `unregister(console_observer), Count = fun Count(N) ->
  receive
    {emscripten, {call, Promise, _}} ->
      emscripten:promise_resolve(Promise, <<"{\\"ok\\":{\\"total\\":0,\\"processes\\":[]}}">>),
      Count(N + 1);
    {count, From} -> From ! {counted, N}, Count(N)
  end
end, register(console_observer, spawn(fun() -> Count(0) end)), ok.`;

test('out of sight, the VM is not asked', async ({ page }) => {
  await page.clock.install();
  await page.reload();
  await console.ready();
  await console.ask('eval', COUNTER);
  const count = async () => {
    const { value } = await console.ask('eval', 'console_observer ! {count, self()}, receive {counted, N} -> N end.');
    return Number(value);
  };
  await page.getByRole('tab', { name: 'Processes' }).click();
  await page.clock.runFor(3_000);
  await expect.poll(count).toBeGreaterThan(1);
  await page.getByRole('tab', { name: 'Service levels' }).click();
  const before = await count();
  await page.clock.runFor(5_000);
  expect(await count()).toBe(before);
});
