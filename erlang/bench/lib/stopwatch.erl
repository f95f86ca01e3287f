%% Times a program: its best run counts, since the machine may be busy and the engine's optimised
%% code comes late. The answer is shown too, so that a fast wrong one is seen.
-module(stopwatch).
-export([best/1]).

-define(AT_LEAST_US, 2000000).
-define(RUNS, 7).

best(Fun) ->
    Answer = Fun(),
    Start = erlang:monotonic_time(microsecond),
    Best = repeat(Fun, Answer, Start, ?RUNS, infinity),
    erlang:display({answer, Answer}),
    erlang:display({best_us, Best}),
    ok.

repeat(Fun, Answer, Start, Left, Best0) ->
    T0 = erlang:monotonic_time(microsecond),
    Answer = Fun(),
    T1 = erlang:monotonic_time(microsecond),
    Best = min(T1 - T0, Best0),
    case Left =< 1 andalso T1 - Start >= ?AT_LEAST_US of
        true -> Best;
        false -> repeat(Fun, Answer, Start, Left - 1, Best)
    end.
