%% There is no operating system below.
-module(os).
-export([env/0, getpid/0, perf_counter/0, type/0, version/0, cmd/1, cmd/2, getenv/0, putenv/2, unsetenv/1, timestamp/0, system_time/1,
         find_executable/1, find_executable/2]).

env() -> [].
getenv() -> [].
putenv(_Name, _Value) -> true.
unsetenv(_Name) -> true.
getpid() -> "1".
perf_counter() -> erlang:monotonic_time(nanosecond).
type() -> {unix, emscripten}.
version() -> {0, 0, 0}.
system_time(Unit) -> erlang:system_time(Unit).
timestamp() -> erlang:timestamp().
find_executable(_Name) -> false.
find_executable(_Name, _Path) -> false.

%% No program can be started.
cmd(Command) -> cmd(Command, #{}).
cmd(Command, Options) -> erlang:error(notsup, [Command, Options]).
