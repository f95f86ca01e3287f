// Compiling in the VM: what a source comes to, and that the next qualified call runs the version loaded last.

const counter = (version) => `
-module(upgraded).
-export([start/0, loop/1, version/0, twice/1]).
start() -> register(upgraded, spawn(fun() -> loop(0) end)).
version() -> ${version}.
twice(N) -> N + ?MODULE:version().
loop(N) ->
    receive
        {From, ask} -> From ! {version(), N};
        {From, last} -> From ! done
    end,
    ?MODULE:loop(N + 1).
`;

// Calls in all the places that the compiler treats apart: at the end, with and without a frame, before other work.
const caller = `
-module(calling).
-export([only/0, last/1, middle/1, many/0, fault/0, try_it/0]).
only() -> upgraded:version().
last(N) -> M = lists:sum([N, 1]), upgraded:twice(M).
middle(N) -> {N, upgraded:version(), [upgraded:version()]}.
many() -> F = fun upgraded:twice/1, lists:map(F, [1, 2]).
fault() -> nowhere_at_all:f(1, 2).
try_it() -> try upgraded:version() of V -> {ok, V} catch _:_ -> no end.
`;

export const compileChecks = async ({ ask, check, evaluate }) => {
  const compile = async (source, more = {}) => {
    const { ok, error } = await ask({ op: "compile", source, ...more });
    if (error) return error.message;
    return [ok.module, ...[...ok.errors, ...ok.warnings].map((f) => `${f.line}:${f.column} ${f.severity} ${f.message}`)].join("; ");
  };
  check("a module", "small", await compile("-module(small).\n-export([f/0]).\nf() -> 1.\n"));
  check("its value", "1", await evaluate("small:f()"));
  check("a warning", "small; 3:1 warning function f/0 is unused", await compile("-module(small).\n\nf() -> 1.\n"));
  check("a syntax error", /^; 1:20 error syntax error before: /, await compile("-module(small). f( -> 1.\n"));
  check("an unbound variable", "; 3:8 error variable 'X' is unbound", await compile("-module(s).\n-export([f/0]).\nf() -> X.\n"));
  check("no module", /no module definition/, await compile("f() -> 1.\n"));
  check("nothing at all", /no module definition/, await compile(""));
  check("a macro", "macro", await compile("-module(macro).\n-define(V, 1).\n-export([f/0]).\nf() -> {?MODULE, ?V, ?LINE}.\n"));
  check("what it stands for", "{macro,1,4}", await evaluate("macro:f()"));
  check("a behaviour", /^server; 2:2 warning undefined callback function/, await compile("-module(server).\n-behaviour(gen_server).\n"));
  check("another name", "a; 1:2 error Module name 'a' does not match file name 'b'", await compile("-module(a).\n", { file: "b.erl" }));
  check("a file that is not there", /can't find include file "no.hrl"/, await compile('-module(a).\n-include("no.hrl").\n'));
  check("a module of OTP", /^lists; 1:2 error 'lists' is a module of the console/, await compile("-module(lists).\n"));
  check("one of the console", /^console; 1:2 error 'console' is/, await compile("-module(console).\n"));
  check("an example", "ring", await compile("-module(ring).\n"));
  check("by force", "zip", await compile("-module(zip).\n-export([f/0]).\nf() -> mine.\n", { force: true }));
  check("what was forced", "mine", await evaluate("zip:f()"));

  await compile(counter(1));
  check("a caller", "calling", await compile(caller));
  await evaluate("upgraded:start()");
  const server = "upgraded ! {self(), ask}, receive A -> A end";
  const calls = "{calling:only(), calling:last(1), calling:middle(0), calling:many(), calling:try_it()}";
  check("the first version", "{1,0}", await evaluate(server));
  check("calls of it", "{1,3,{0,1,[1]},[2,3],{ok,1}}", await evaluate(calls));
  await compile(counter(2));
  check("a process waits in the old version", "{1,1}", await evaluate(server));
  check("and goes on in the new one", "{2,2}", await evaluate(server));
  check("calls of the new one", "{2,4,{0,2,[2]},[3,4],{ok,2}}", await evaluate(calls));
  check("a call to nowhere", /exception error: undef/, await evaluate("calling:fault()"));
  check("a process does not grow with its calls", "true", await evaluate(`
    P = whereis(upgraded), Size = fun() -> erlang:garbage_collect(P), element(2, process_info(P, stack_size)) end,
    S = Size(), [P ! {self(), last} || _ <- lists:seq(1, 200)], [receive done -> ok end || _ <- lists:seq(1, 200)], Size() =:= S`));
  check("a name that is another's", "{error,badfile}", await evaluate('code:load_binary(x, "x", <<"FOR1....BEAM">>)'));
  check("a sticky one", "{error,sticky_directory}", await evaluate('code:load_binary(lists, "x", <<>>)'));
  check("what is sticky", "[true,true,false,false]", await evaluate("[code:is_sticky(M) || M <- [lists, console, ring, nowhere_at_all]]"));
};
