%% Map updates and lookups.
-module(maps_bench).
-export([start/0]).

start() -> stopwatch:best(fun() -> sum(fill(#{}, 120), 120, 0) end).

fill(Map, 0) -> Map;
fill(Map, N) -> fill(Map#{N => N * N, {key, N} => [N]}, N - 1).

sum(_Map, 0, Sum) -> Sum;
sum(Map, N, Sum) ->
    #{N := Square, {key, N} := [N]} = Map,
    sum(Map, N - 1, Sum + Square).
