%% Messages and the scheduler: a token goes a hundred times around a ring of fifty processes.
-module(ring).
-export([start/0]).

start() -> stopwatch:best(fun() -> ring(50, 100) end).

ring(Processes, Rounds) ->
    Self = self(),
    First = chain(Processes, Self),
    Count = go(First, Rounds, 0),
    First ! stop,
    receive stop -> Count end.

chain(0, Next) -> Next;
chain(N, Next) -> chain(N - 1, spawn_opt(fun() -> node_loop(Next) end, [])).

node_loop(Next) ->
    receive
        {token, N} -> Next ! {token, N + 1}, node_loop(Next);
        stop -> Next ! stop
    end.

go(_First, 0, Count) -> Count;
go(First, Rounds, Count) ->
    First ! {token, Count},
    receive {token, N} -> go(First, Rounds - 1, N) end.
