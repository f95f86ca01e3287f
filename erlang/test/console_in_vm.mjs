// The console in the real VM: runs the suites of this folder there, then types into the shell as a person would.
//
//   node erlang/test/console_in_vm.mjs VM_FOLDER BEAM_FOLDER PACK...
//
// BEAM_FOLDER holds the compiled suites, among other modules; PACK... are the packs in the order they are loaded.

import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { openHost } from "../../e2e/vm/host.mjs";
import { compileChecks } from "./compile_checks.mjs";

const DEADLINE_MS = 60_000;
const [vmFolder, beamFolder, ...packs] = process.argv.slice(2);
const host = await openHost({ vm: vmFolder });
const vm = await host.boot({ packs, memoryMib: 256 });
const failures = [];
let checks = 0;

const check = (what, expected, seen) => {
  checks += 1;
  const fits = expected instanceof RegExp ? expected.test(seen) : expected === seen;
  if (!fits) failures.push(`${what}\n  expected ${expected}\n  seen     ${JSON.stringify(seen)}`);
};

const ask = async (request) => JSON.parse(await vm.call("console", JSON.stringify(request)));

const evaluate = async (source) => {
  const { ok, error } = await ask({ op: "eval", source });
  return ok ? ok.output + ok.value : error.message;
};

const suites = async () => {
  const ours = /^console_(\w+_tests|runner|terminal)\.beam$/;
  const names = (await readdir(beamFolder)).filter((name) => ours.test(name));
  for (const name of names) {
    const bytes = await readFile(join(beamFolder, name));
    const path = `/data/${name}`;
    await vm.write(path, bytes);
    const module = basename(name, ".beam");
    const request = { op: "load", files: [{ module, path, bytes: bytes.length }] };
    check(`load ${module}`, JSON.stringify({ ok: { modules: [module] } }), JSON.stringify(await ask(request)));
  }
  const list = names.map((name) => basename(name, ".beam")).filter((name) => name.endsWith("_tests"));
  const run = `[io:format("~ts~n", [F]) || F <- console_runner:run([${list}])], ok`;
  const output = await evaluate(run);
  console.log(output);
  check("suites in the VM", /^(console_\w+: \d+ tests\n)+ok$/, output);
};

// What the host's OTP may not have, or only what is above the VM: digests by their published test vectors.
const library = async () => {
  const hex = (expression) => evaluate(`binary_to_list(binary:encode_hex(${expression}))`);
  const abc = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
  check("SHA-256", `"${abc}"`, await hex('crypto:hash(sha256, "abc")'));
  const hmac = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843";
  check("HMAC", `"${hmac}"`, await hex('crypto:mac(hmac, sha256, "Jefe", "what do ya want for nothing?")'));
  check("exor", '"0303"', await hex("crypto:exor(<<1, 2>>, <<2, 1>>)"));
  check("random bytes", "{16,true}", await evaluate(
    "B = crypto:strong_rand_bytes(16), {byte_size(B), B =/= crypto:strong_rand_bytes(16)}",
  ));
  check("random numbers", "true", await evaluate(
    "lists:all(fun(N) -> N >= 3 andalso N < 7 end, [crypto:rand_uniform(3, 7) || _ <- lists:seq(1, 50)])",
  ));
  const own = "{application,own,[{vsn,\"1\"},{applications,[stdlib]},{env,[{key,value}]}]}";
  check("an application", "{ok,ok,{ok,value},true,ok,undefined}", await evaluate(
    `{application:load(${own}), application:start(own), application:get_env(own, key),
      lists:keymember(own, 1, application:which_applications()), application:stop(own),
      application:get_env(own, missing)}`,
  ));
};

const bridge = async () => {
  for (const bad of ["", "{", "[]", '{"op":"nope"}', '{"op":"eval"}', '{"op":"eval","source":3}', '{"op":"load"}']) {
    check(`refused: ${bad}`, /"error"/, await vm.call("console", bad));
  }
  await evaluate("exit(whereis(console), kill)");
  await vm.waitFor(() => vm.events.some(({ event }) => event === "process_restarted"), DEADLINE_MS);
  check("answers after a crash", "pong", (await ask({ op: "ping" })).ok);
  check("whereis", true, (await ask({ op: "whereis", name: "echo" })).ok);
  check("whereis nobody", false, (await ask({ op: "whereis", name: "nobody_at_all" })).ok);
  check("a killed evaluation", "** exception exit: killed", await evaluate("exit(self(), kill)"));
  const endless = evaluate("(fun L() -> L() end)()");
  check("one interrupted", 1, (await ask({ op: "interrupt" })).ok);
  check("the interrupted one", "** exception exit: killed", await endless);
  check("arity of a closure", "1", await evaluate("X = 1, {arity, A} = erlang:fun_info(fun(Y) -> X + Y end, arity), A"));
  check("bytes that are no module", "{error,badfile}", await evaluate('code:load_binary(x, "x", <<"FOR1....BEAM">>)'));
  check("more bytes than there are", /system_limit|system limit/, await evaluate("binary:copy(<<1>>, 1 bsl 60)"));
  check("spawn of no fun", /bad argument/, await evaluate("spawn(fun lists:sort/1)"));
  check("spawn of an external fun", /^<0\.\d+\.0>$/, await evaluate("spawn(fun erlang:self/0)"));
  const many = await Promise.all(Array.from({ length: 100 }, (_, n) => evaluate(`${n} + 1`)));
  check("a hundred at once", Array.from({ length: 100 }, (_, n) => n + 1).join(), many.join());
};

// While something is evaluated all schedulers are online; when only roundtrips are left, one.
const pace = async () => {
  const online = "erlang:system_info(schedulers_online)";
  check("all schedulers for an evaluation", "true", await evaluate(`${online} =:= erlang:system_info(schedulers)`));
  await evaluate(`spawn(fun F() ->
    case ${online} of
      1 -> console_device:event(#{event => one_scheduler});
      _ -> receive after 20 -> F() end
    end
  end)`);
  await vm.waitFor(() => vm.events.some(({ event }) => event === "one_scheduler"), DEADLINE_MS);
};

// Each line: what is typed, and what must then stand at the end of the terminal.
const session = [
  ["1+2.\r", /\n3\r?\n2> $/],
  ["X = 7.\r", /\n7\r?\n3> $/],
  ["io:format(\"hi~n\").\r", /\nhi\r?\nok\r?\n4> $/],
  ["1/0.\r", /in operator {2}'\/'\/2\r?\n {8}called as 1 \/ 0\r?\n5> $/],
  ["\x1b[A\x1b[A\r", /\nhi\r?\nok\r?\n6> $/],
  ["(fun L() -> L() end)().\r", /\(\)\.\r?\n$/],
  ["\x03", /\^C\r?\n\*\* exception exit: killed\r?\n7> $/],
  ["X.\r", /\n7\r?\n8> $/],
  ["lists:ma\t", /mapfoldl\(/],
  ["\x03", /./],
  ["inc(N) ->\rN + 1.\r", /\nok\r?\n9> $/],
  ["inc(41).\r", /\n42\r?\n10> $/],
  ["\x12hi\r", /\nhi\r?\nok\r?\n11> $/],
  ["io:get_line(\"name> \").\r", /name> $/],
  ["Joe\r", /\n"Joe\\n"\r?\n12> $/],
  ["foo(.\r", /\* 1:5: syntax error before: '\.'\r?\n12> $/],
  ["exit(whereis(shell), kill).\r", /Shell process terminated![^]*\n1> $/],
  ["exit(whereis(console_tty), kill).\r", /Eshell[^]*\n1> $/],
  ["\"日本\".\r", /\n"日本"\r?\n2> $/],
];

const shell = async () => {
  await ask({ op: "start_shell", cols: 80, rows: 24 });
  await vm.waitFor(() => vm.terminal.endsWith("1> "), DEADLINE_MS);
  for (const [typed, expected] of session) {
    const start = vm.terminal.length;
    const seen = () => vm.terminal.slice(start);
    await vm.cast("console_tty", JSON.stringify({ type: "data", text: typed }));
    await vm.waitFor(() => expected.test(seen()), DEADLINE_MS).catch(() => {});
    check(`typed ${JSON.stringify(typed)}`, expected, seen());
  }
};

try {
  await vm.waitFor(() => vm.events.some(({ event }) => event === "console_up"), DEADLINE_MS);
  await suites();
  await library();
  await bridge();
  await pace();
  // Without a page nobody says which modules are a person's to replace.
  await evaluate("code:unstick_mod(ring)");
  await compileChecks({ ask, check, evaluate });
  await shell();
} catch (error) {
  failures.push(error.message);
}
if (vm.gone !== undefined) failures.push(`the VM is gone: ${vm.gone}\n${vm.stderr}`);
await host.close();
failures.forEach((failure) => console.error(`FAILED ${failure}`));
console.log(`console in the VM: ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
