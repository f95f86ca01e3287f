%% A program with much on its heap that mentions constants: structured ones, atoms in a case, keys of a map.
-module(constants).
-export([start/0]).

start() ->
    Kept = fill(20000, []),
    stopwatch:best(fun() -> walk(300, Kept, 0) end).

fill(0, List) -> List;
fill(N, List) -> fill(N - 1, [{N, [N]} | List]).

walk(0, _Kept, Sum) -> Sum;
walk(N, Kept, Sum) -> walk(N - 1, Kept, Sum + weight(kind(N rem 5))).

kind(0) -> {tuple, [1, 2, 3]};
kind(1) -> "a text";
kind(2) -> <<"a binary">>;
kind(3) -> #{colour => red, size => {3, 4}};
kind(4) -> 3.25.

weight({tuple, List}) -> length([constant | List]);
weight(#{colour := red, size := {X, Y}}) -> X * Y;
weight(Text) when is_list(Text) -> length(Text);
weight(Binary) when is_binary(Binary) -> byte_size(Binary);
weight(Float) -> trunc(Float).
