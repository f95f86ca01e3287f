%% Naive reverse: lists, and the garbage collector under them.
-module(nrev).
-export([start/0]).

start() ->
    List = seq(1, 600),
    stopwatch:best(fun() -> sum(nrev(List), 0) end).

nrev([]) -> [];
nrev([H | T]) -> app(nrev(T), [H]).

app([], L) -> L;
app([H | T], L) -> [H | app(T, L)].

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].

sum([], Acc) -> Acc;
sum([H | T], Acc) -> sum(T, H + 2 * Acc rem 1000003).
