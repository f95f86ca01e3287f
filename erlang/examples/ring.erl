%% title: A ring of processes
%% about: Starts N processes in a ring and sends a message round it M times: how cheap
%%        are processes and messages?
%% run: ring:start(100, 100).
-module(ring).

-export([start/0, start/2]).

start() ->
    start(100, 100).

start(N, M) when N > 0, M > 0 ->
    Started = erlang:monotonic_time(microsecond),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> forward(Next) end) end,
                       self(), lists:seq(1, N)),
    Last ! {token, M},
    ok = rounds(Last),
    Micros = erlang:monotonic_time(microsecond) - Started,
    io:format("~w messages through ~w processes in ~w ms~n", [N * M, N, Micros div 1000]),
    {per_message_us, Micros / (N * M)}.

forward(Next) ->
    receive
        {token, _} = Token ->
            Next ! Token,
            forward(Next);
        stop ->
            Next ! stop
    end.

rounds(Last) ->
    receive
        {token, 1} ->
            Last ! stop,
            rounds(Last);
        {token, M} ->
            Last ! {token, M - 1},
            rounds(Last);
        stop ->
            ok
    end.
