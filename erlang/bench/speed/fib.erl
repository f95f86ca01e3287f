%% Calls and small integers.
-module(fib).
-export([start/0]).

start() -> stopwatch:best(fun() -> fib(25) end).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
