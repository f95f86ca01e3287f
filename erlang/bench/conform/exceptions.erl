%% Exceptions of every class and most of the reasons, with their stacks.
-module(exceptions).
-export([start/0, thrower/1]).

-record(point, {x = 0, y = 0}).

start() ->
    show:all([
        {badmatch, fun() -> ok = id(error) end},
        {badarith, fun() -> 1 / id(0) end},
        {badarith_atom, fun() -> id(a) * 2 end},
        {badarg, fun() -> atom_to_list(id(1)) end},
        {badarg_element, fun() -> element(4, id({a, b})) end},
        {function_clause, fun() -> clause(id(c)) end},
        {case_clause, fun() -> case id(1) of 2 -> two end end},
        {if_clause, fun() -> X = id(1), if X > 2 -> big; X < 0 -> small end end},
        {badfun, fun() -> (id(not_a_fun))(1) end},
        {badarity, fun() -> (id(fun(X) -> X end))(1, 2) end},
        {undef, fun() -> (id(no_module)):no_function(1) end},
        {badmap, fun() -> M = id(not_a_map), M#{a => 1} end},
        {badkey, fun() -> M = id(#{}), M#{a := 1} end},
        {badrecord, fun() -> R = id({line, 1, 2}), R#point.x end},
        {throw, fun() -> thrower(7) end},
        {exit, fun() -> exit({gone, 1}) end},
        {error_args, fun() -> erlang:error(bad_thing, [1, 2]) end},
        {nested, fun() -> deep(20) end},
        {caught, fun() -> [catch thrower(1), catch exit(x), catch 1 + 1] end},
        {'after', fun() -> try thrower(3) catch throw:N -> N after put(cleaned, yes) end end},
        {after_ran, fun() -> erase(cleaned) end},
        {rethrown, fun() -> try deep(3) catch C:R:S -> erlang:raise(C, {again, R}, S) end end},
        {try_of, fun() -> try id(5) of 5 -> five; _ -> other catch _:_ -> never end end},
        {try_clause, fun() -> try id(6) of 5 -> five catch _:_ -> never end end},
        {bad_guard, fun() -> guarded(id(a)) end},
        {maybe_match, fun() -> [guarded(X) || X <- [1, {1}, [], <<>>]] end},
        {many, fun() -> many(2000, 0) end}
    ]).

id(X) -> X.

clause(a) -> 1;
clause(b) -> 2.

thrower(X) -> throw(X).

deep(0) -> erlang:error(bottom);
deep(N) -> 1 + deep(N - 1).

guarded(X) when hd(X) =:= 1 -> list;
guarded(X) when element(1, X) =:= 1 -> tuple;
guarded(X) when X + 1 > 1 -> number;
guarded(_) -> none.

many(0, Sum) -> Sum;
many(N, Sum) ->
    Got = try thrower(N) catch throw:X -> X end,
    many(N - 1, (Sum + Got) rem 10007).
