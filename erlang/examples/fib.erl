%% title: Fibonacci, slow and fast
%% about: The same numbers by plain recursion, by an accumulator, and by matrix
%%        squaring up to the VM's 256-bit integers.
%% run: fib:start().
-module(fib).

-export([start/0, slow/1, fast/1, squaring/1]).

start() ->
    N = 20,
    [io:format("~-9s fib(~w) = ~w in ~w us~n", [Name, N | measure(Fun, N)])
     || {Name, Fun} <- [{slow, fun slow/1}, {fast, fun fast/1}, {squaring, fun squaring/1}]],
    squaring(360).

measure(Fun, N) ->
    Started = erlang:monotonic_time(microsecond),
    Value = Fun(N),
    [Value, erlang:monotonic_time(microsecond) - Started].

slow(N) when N < 2 -> N;
slow(N) -> slow(N - 1) + slow(N - 2).

fast(N) -> fast(N, 0, 1).

fast(0, A, _B) -> A;
fast(N, A, B) -> fast(N - 1, B, A + B).

%% From fib(k) and fib(k + 1) follow fib(2k) and fib(2k + 1).
squaring(N) ->
    {F, _} = pair(N),
    F.

pair(0) ->
    {0, 1};
pair(N) ->
    {A, B} = pair(N div 2),
    Even = A * (2 * B - A),
    Odd = A * A + B * B,
    case N rem 2 of
        0 -> {Even, Odd};
        1 -> {Odd, Even + Odd}
    end.
