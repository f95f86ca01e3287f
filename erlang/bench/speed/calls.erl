%% Native functions, funs and dispatch: what goes through the VM's function pointers.
-module(calls).
-export([start/0]).

start() -> stopwatch:best(fun() -> loop(2000, 0, fun(X) -> X + 1 end) end).

loop(0, Sum, _Inc) -> Sum;
loop(N, Sum, Inc) ->
    T = erlang:make_tuple(3, N),
    A = element(2, setelement(2, T, abs(-N))),
    B = length([A, N]) + tuple_size(T) + byte_size(atom_to_binary(ok)),
    C = erlang:hd(lists:reverse([N, B])) bxor (A band 15),
    loop(N - 1, (Inc(Sum) + C) rem 1000003, Inc).
