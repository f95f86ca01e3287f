%% Arithmetic with constants of more than 28 bits while much is on the heap.
-module(wide).
-export([start/0]).

start() ->
    Kept = fill(10000, []),
    stopwatch:best(fun() -> mix(300, Kept, 16#123456789ABCD) end).

fill(0, List) -> List;
fill(N, List) -> fill(N - 1, [{N} | List]).

mix(0, _Kept, X) -> X;
mix(N, Kept, X) -> mix(N - 1, Kept, ((X bxor 16#3FFFFFFFFFFFF) + 16#1234567890) band 16#3FFFFFFFFFFFFFF).
