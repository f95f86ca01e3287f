// OTP's shell in the real VM beside OTP's shell on the host: what is typed into both must be answered in the same
// words. Then what only a terminal can show: jobs, interrupts, reading, and keys typed at random.
//
//   node erlang/test/shell_in_vm.mjs VM_FOLDER ERL PACK...

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { openHost } from "../../e2e/vm/host.mjs";

const DEADLINE_MS = 20_000;
const FUZZ_KEYS = 1_500;
const [vmFolder, erl, ...packs] = process.argv.slice(2);
const host = await openHost({ vm: vmFolder });
const vm = await host.boot({ packs, memoryMib: 256 });
const failures = [];
let checks = 0;

const expect = (what, expected, seen) => {
  checks += 1;
  const fits = expected instanceof RegExp ? expected.test(seen) : expected === seen;
  if (!fits) failures.push(`${what}\n  expected ${expected}\n  seen     ${JSON.stringify(seen.slice(-1500))}`);
};

const plain = (text) => text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replace(/\r/g, "");

/// Types, and waits until what came since fits.
const type = async (text, pattern, deadline = DEADLINE_MS) => {
  const start = vm.terminal.length;
  const seen = () => plain(vm.terminal.slice(start));
  await vm.cast("console_tty", JSON.stringify({ type: "data", text }));
  await vm.waitFor(() => pattern.test(seen()), deadline).catch(() => {});
  expect(`typed ${JSON.stringify(text)}`, pattern, seen());
  return seen();
};

// A program of the shell: one expression a line; after ` %%= ` why the VM says something else, and what.
const script = readFileSync(new URL("shell_words.txt", import.meta.url), "utf8");
const lines = script.split("\n").filter((line) => line !== "" && !line.startsWith("%%"));

/// What OTP's own shell says, prompt by prompt.
const onHost = () => {
  const input = lines.map((line) => line.split(" %%= ")[0]).join("\n");
  const { stdout } = spawnSync(erl, ["+pc", "unicode"], { input: `${input}\n`, encoding: "utf8" });
  return stdout.split(/^\d+> /m).slice(1).map((answer) => answer.trimEnd());
};

const words = async () => {
  const expected = onHost();
  for (const [at, line] of lines.entries()) {
    const [typed, known] = line.split(" %%= ");
    const seen = await type(`${typed}\r`, /\n\d+> $/);
    // The echo goes before the answer, the next prompt behind it.
    const answer = seen.slice(seen.indexOf("\n") + 1).replace(/\n?\d+> $/, "");
    if (known === undefined) expect(typed, (expected[at] ?? "nothing on the host").replaceAll(/ +$/gm, ""), answer.replaceAll(/ +$/gm, ""));
    else expect(`${typed} (${known})`, new RegExp(known), answer);
  }
};

/// A listing that may stop at the end of a page.
const paged = async (typed, pattern) => {
  const seen = await type(typed, /(more \(y\/n\)\? \(y\) |\n\d+> )$/);
  expect(typed, pattern, seen);
  if (!/\d+> $/.test(seen)) await type("n\r", /\n\d+> $/);
};

const fresh = () => type("f(), ok.\r", /\nok\n\d+> $/);

const commands = async () => {
  await type("pwd().\r", /\n\/home\/user\nok\n\d+> $/);
  await type('file:write_file("hello.erl", "-module(hello).\\n-export([hi/0]).\\nhi() -> {hi, 1}.\\n").\r', /\nok\n\d+> $/);
  await type("c(hello).\r", /\n\{ok,hello\}\n\d+> $/);
  await type("hello:hi().\r", /\n\{hi,1\}\n\d+> $/);
  await type("ls().\r", /hello\.beam +hello\.erl[^]*\nok\n\d+> $/);
  await type("m(hello).\r", /Module: hello\nObject file: \/home\/user\/hello\.beam[^]*hi\/0[^]*\nok\n\d+> $/);
  await type('file:write_file("hello.erl", "-module(hello).\\n-export([hi/0]).\\nhi() -> {hi, 2}.\\n"), c("hello.erl", [debug_info]).\r', /\n\{ok,hello\}\n\d+> $/);
  await type("hello:hi().\r", /\n\{hi,2\}\n\d+> $/);
  await type("l(hello).\r", /\n\{module,hello\}\n\d+> $/);
  await type('file:write_file("bad.erl", "-module(bad).\\nf() -> X.\\n"), c(bad).\r', /bad\.erl:2:8: variable 'X' is unbound\n[^]*\nerror\n\d+> $/);
  await type('file:write_file("other.erl", "-module(another).\\n"), c(other).\r', /other\.beam: Module name 'another' does not match file name 'other'\nerror\n\d+> $/);
  await type("c(nofile).\r", /\n\{error,non_existing\}\n\d+> $/);
  await type('cd("..").\r', /\n\/home\nok\n\d+> $/);
  await type('cd("user"), cd("/no/where").\r', /\n\/home\/user\n\/home\/user\nok\n\d+> $/);
  await type('file:write_file("rec.hrl", "-record(r, {a, b = 7}).\\n"), rr("rec.hrl").\r', /\n\[r\]\n\d+> $/);
  await type("#r{a = 1}.\r", /\n#r\{a = 1,b = 7\}\n\d+> $/);
  await type("rf(r), rl().\r", /\nok\n\d+> $/);
  await type("self() ! {hello, 1}, flush().\r", /\nShell got \{hello,1\}\nok\n\d+> $/);
  await type("memory().\r", /\[\{total,\d+\}[^]*\n\d+> $/);
  await paged("i().\r", /\nPid +Initial Call/);
  await paged("regs().\r", /\n\*\* Registered procs on node/);
  await type("m().\r", /\nlists +preloaded\n[^]*\nok\n\d+> $/);
  await type("help().\r", /\n\*\* shell internal commands \*\*\n[^]*true\n\d+> $/);
  await type("history(30), results(5), {history(20), results(20)}.\r", /\n\{30,5\}\n\d+> $/);
  await type("h().\r", /\n\d+: [^]*-> [^]*\d+> $/);
  await type("X = 3, b().\r", /\nX = 3\nok\n\d+> $/);
  await type("f(X).\r", /\nok\n\d+> $/);
  await type('erlang:display({a, "b"}).\r', /\n\{a,"b"\}\ntrue\n\d+> $/);
  await type('rp("abc").\r', /\n"abc"\nok\n\d+> $/);
};

const jobs = async () => {
  await type("\x07", /\nUser switch command \(type h for help\)\n --> $/);
  await type("j\r", /\n   1\* \{shell,start,\[\]\}\n --> $/);
  await type("s\r", /\n --> $/);
  await type("j\r", /\n   1  \{shell,start,\[\]\}\n   2\* \{shell,start,\[\]\}\n --> $/);
  await type("c\r", /\nEshell [^\n]*\n1> $/);
  await type("X = second.\r", /\nsecond\n2> $/);
  await type("group:whereis_shell() =:= whereis(shell).\r", /\ntrue\n3> $/);
  await type("\x07c 1\r", /--> c 1\n+\d+> $/);
  await type("(fun L() -> L() end)().\r", /\)\.\n$/);
  await type("\x07", /\n --> $/);
  await type("i\r", /\n --> $/);
  await type("c\r", /exception exit: killed\n\d+> $/);
  await type("\x07k 2\r", /\n --> $/);
  await type("j\r", /\n   1\* \{shell,start,\[\]\}\n --> $/);
  await type("k 9\r", /\nUnknown job\n --> $/);
  await type("\x12\x1b\tzz\r", /\nUnknown command\n --> $/);
  await type("h\r", /- this message\n --> $/);
  await type("c 1\r", /\d+> $/);
};

/// Runs what never ends, interrupts it, and says how long the prompt took to come: a busy machine may take longer than
/// the half second that the bench holds it to.
const interrupted = async (what, expression, running) => {
  await type("Kept = 77.\r", /\n77\n\d+> $/);
  await type(`${expression}\r`, running);
  const start = Date.now();
  await type("\x03", /\n\d+> $/);
  console.log(`${what}: interrupted within ${Date.now() - start} ms`);
  await type("Kept + 1.\r", /\n78\n\d+> $/);
  await fresh();
};

const interrupts = async () => {
  await interrupted("an endless loop", "(fun L() -> L() end)().", /\)\.\n$/);
  await interrupted("a receive that never ends", "receive never -> ok end.", /end\.\n$/);
  await interrupted("an endless print", '(fun P(N) -> io:format("~p~n", [N]), P(N + 1) end)(0).', /\n200\n/);
  await interrupted("a blocking read", 'io:get_line("name> ").', /name> $/);
  await interrupted("a list of a million prints", '[io:format("~p~n", [X]) || X <- lists:seq(1, 1000000)].', /\n100\n/);
  await type("Other = spawn(fun() -> receive {ask, From} -> From ! alive end end), (fun L() -> L() end)().\r", /\)\.\n$/);
  await type("\x03", /\n\d+> $/);
};

const reading = async () => {
  await type('io:get_line("name> ").\r', /name> $/);
  await type("Jörg 日本\r", /\n\[?"J[^]*\d+> $/);
  await type('io:get_chars("two> ", 2).\r', /two> $/);
  // What is left of the line is typed into the next prompt.
  await type("abc\r", /\n"ab"\n\d+> c\n *\.\. $/);
  await type("\x03", /^$/);
  await type("left.\r", /\nleft\n\d+> $/);
  await type('io:fread("n> ", "~d ~s").\r', /n> $/);
  await type("12 abc\r", /\n\{ok,\[12,"abc"\]\}\n\d+> $/);
  await type('io:read("term> ").\r', /term> $/);
  await type("{a, [1]}.\r", /\n\{ok,\{a,\[1\]\}\}\n\d+> $/);
  await type("io:get_password().\r", /\(\)\.\n$/);
  await type("secret\r", /^\n?"secret"\n\d+> $/);
  await type("{io:columns(), io:rows()}.\r", /\n\{\{ok,80\},\{ok,24\}\}\n\d+> $/);
  await type("io:setopts([binary]), R = io:get_line(\"b> \"), io:setopts([list]), R.\r", /b> $/);
  await type("x\r", /\n<<"x\\n">>\n\d+> $/);
  await type("proplists:get_value(encoding, io:getopts()).\r", /\nunicode\n\d+> $/);
  await type('io:put_chars(standard_error, "red\\n").\r', /red\nok\n\d+> $/);
  expect("errors are red", /\x1b\[31mred\x1b\[0m/, vm.terminal);
  await type('io:put_chars(user, <<"é\\n"/utf8>>), io:format("~ts~n", [[955]]).\r', /\né\nλ\nok\n\d+> $/);
  // Two processes read at once: the one that asked last is answered first.
  await type('Me = self(), [spawn(fun() -> Me ! {N, io:get_line(N ++ "> ")} end) || N <- ["a", "b"]], [receive {_, L} -> L end || _ <- [1, 2]].\r', /> $/);
  await type("one\r", /> $/);
  await type("two\r", /\n\["one\\n","two\\n"\]\n\d+> $/);
  await fresh();
};

const editing = async () => {
  const gives = (keys, value) => type(`${keys}.\r`, new RegExp(`\\n${value}\\n\\d+> $`));
  await gives("bc\x01a\x05d", "abcd");
  await gives("bc\x1b[Ha\x1b[Fd", "abcd");
  await gives("[one, two\x17three]", "\\[one,three\\]");
  await gives("wrong\x15right", "right");
  await gives("keep cut\x1bb\x0b\x01x\x19_\x05\x08", "xcut_keep");
  await gives("ab\x02\x02x\x06y\x7fz\x05", "xazb");
  await gives("a_b\x1b[D\x1b[D\x1b[3~\x05", "ab");
  await gives("first, second\x1bb\x1bbx\x1bfy\x05", "second");
  await gives('"日本\x1b[D語\x05"', '"日語本"');
  await gives("up_and_down", "up_and_down");
  await gives("\x1b[A\x7f2", "up_and_down2");
  await gives("\x10\x10\x0e\x7f3", "up_and_down23");
  await gives("\x1b[200~[1,\r\t2,\r\t3]\x1b[201~", "\\[1,2,3\\]");
  await type("\x12and_down2", /up_and_down23\./);
  await type("\r", /\nup_and_down23\n\d+> $/);
  await gives("Binding_long = 1", "1");
  await gives("lists:reve\t[Bindi\t])", "\\[1\\]");
  await gives("erlang:system_in\totp_release)", '"27"');
  await type("lists:ma\t", /map\([^]*mapfoldl\(/);
  await type("\x03", /^/);
  await gives("iolist_si\t[])", "0");
  // The key that opens an editor in OTP: there is none, and the line must not be taken for finished.
  await gives("not_yet\x1bo_done", "not_yet_done");
};

const history = async () => {
  const evaluate = async (source) => {
    const { ok, error } = JSON.parse(await vm.call("console", JSON.stringify({ op: "eval", source })));
    return ok ? ok.value : error.message;
  };
  const law = "L = [\"a.\\n\", \"f(X) ->\\n  \\\\X.\\n\", \"\\\"日本\\\".\\n\", \"a\\tb\\n\"], "
    + "lists:reverse(L) =:= group_history:decode(iolist_to_binary([group_history:encode(X) || X <- L]))";
  expect("history comes back as it was", "true", await evaluate(law));
  expect("control characters are left out", '["a]0;xab.\\n"]', await evaluate('group_history:decode(<<"a\\e]0;x\\ab.\\n">>)'));
  expect("what is no text is left out", '["ok.\\n"]', await evaluate('group_history:decode(<<255, 254, "\\nok.\\n">>)'));
  expect("a long entry is left out", "[]", await evaluate("group_history:decode(binary:copy(<<$x>>, 100000))"));
  const many = '[group_history:add("x = " ++ integer_to_list(N) ++ lists:duplicate(300, $y) ++ "\\n") || N <- lists:seq(1, 1000)], '
    + '{ok, B} = file:read_file(".erlang_history"), {byte_size(B) =< 131072, hd(group_history:load()) =:= "x = 1000" ++ lists:duplicate(300, $y) ++ "\\n"}';
  expect("the file is bounded and keeps the newest", "{true,true}", await evaluate(many));
};

/// The same keys on every machine: a linear congruential generator.
const random = (() => {
  let state = 7;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
})();

// Whatever keys come, the shell that was there is there afterwards. Left out are Enter behind text that could halt
// the machine (nothing that is drawn here can), and Ctrl-G, Ctrl-D, which end or leave the shell on purpose.
const fuzz = async () => {
  const pieces = ["\x01", "\x02", "\x05", "\x06", "\x08", "\x09", "\x0b", "\x0c", "\x0e", "\x10", "\x12", "\x13", "\x14", "\x15",
    "\x17", "\x19", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[1;5C", "\x1b[1;5D", "\x1b[3~", "\x1b[Z",
    "\x1bb", "\x1bf", "\x1bd", "\x1b\x7f", "\x1bc", "\x1bh", "\x1bH", "\x1bl", "\x1bo", "\x1b", "\x1b[", "\x1b[200~a\tb\x1b[201~",
    "\x7f", "\t", "\t\t", "lists:", "io:for", "erl", "X = ", "#{a", "#", "fun(", "\"", "'", "$", "(", ")", "[", "]", "{", "}",
    ", ", " ", "1", "日", "é", "e\u0301", "👍", "%", "<<", ">>", "?", ":", "shell:", "lists:map(", "maps:get(a, ", "{", "|"];
  await type("Survivor = self().\r", /\n<0\.\d+\.0>\n\d+> $/);
  const before = vm.terminal.length;
  for (let count = 0; count < FUZZ_KEYS; count += 10) {
    const text = Array.from({ length: 10 }, () => pieces[random(pieces.length)]).join("");
    await vm.cast("console_tty", JSON.stringify({ type: "data", text }));
    if (random(10) === 0) await vm.cast("console_tty", JSON.stringify({ type: "resize", cols: 2 + random(120), rows: 2 + random(40) }));
    if (random(15) === 0) await vm.cast("console_tty", JSON.stringify({ type: "data", text: "\x03" }));
  }
  await vm.cast("console_tty", JSON.stringify({ type: "resize", cols: 80, rows: 24 }));
  for (let count = 0; count < 3; count += 1) await vm.cast("console_tty", JSON.stringify({ type: "data", text: "\x03\x1b\x1bc" }));
  await type("\x1bc", /^/);
  await type("is_pid(Survivor).\r", /\ntrue\n\d+> $/);
  expect("no shell died of keys", "false", String(/Shell process terminated/.test(vm.terminal.slice(before))));
};

const parts = { words, commands, jobs, editing, interrupts, reading, history, fuzz };
try {
  await vm.waitFor(() => vm.events.some(({ event }) => event === "console_up"), DEADLINE_MS);
  await vm.call("console", JSON.stringify({ op: "start_shell", cols: 80, rows: 24 }));
  await vm.waitFor(() => /\n1> $/.test(plain(vm.terminal)), DEADLINE_MS);
  const only = process.env.SHELL_PARTS?.split(",") ?? Object.keys(parts);
  for (const name of only) await parts[name]();
  const halts = vm.events.length;
  await type("q().\r", /\nok\n/);
  await vm.waitFor(() => vm.events.slice(halts).some(({ event, status }) => event === "halted" && status === 0), DEADLINE_MS);
} catch (error) {
  failures.push(error.stack);
}
if (vm.gone !== undefined) failures.push(`the VM is gone: ${vm.gone}\n${vm.stderr}`);
await host.close();
failures.forEach((failure) => console.error(`FAILED ${failure}`));
console.log(`the shell in the VM: ${checks} checks, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
