%% Times a program: its best run counts, since the machine may be busy. It runs until its best has not
%% become better for a while, since the engine's optimised code comes only after seconds. The answer is
%% shown too, so that a fast wrong one is seen.
-module(stopwatch).
-export([best/1]).

-define(AT_LEAST_US, 5000000).
-define(SETTLED_US, 2000000).
-define(AT_MOST_US, 15000000).

best(Fun) ->
    Answer = Fun(),
    Start = now_us(),
    Best = repeat(Fun, Answer, Start, Start, infinity),
    erlang:display({answer, Answer}),
    erlang:display({best_us, Best}),
    ok.

repeat(Fun, Answer, Start, Improved, Best) ->
    T0 = now_us(),
    Answer = Fun(),
    T1 = now_us(),
    case T1 - T0 < Best of
        true ->
            again(Fun, Answer, Start, T1, T1, T1 - T0);
        false ->
            again(Fun, Answer, Start, T1, Improved, Best)
    end.

again(_, _, Start, Now, _, Best) when Now - Start >= ?AT_MOST_US -> Best;
again(_, _, Start, Now, Improved, Best) when
    Now - Start >= ?AT_LEAST_US, Now - Improved >= ?SETTLED_US
->
    Best;
again(Fun, Answer, Start, _, Improved, Best) ->
    repeat(Fun, Answer, Start, Improved, Best).

now_us() -> erlang:monotonic_time(microsecond).
