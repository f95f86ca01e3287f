%% Data: maps, tuples, lists, atoms, records, funs, comprehensions, term order, tables.
-module(terms).
-export([start/0]).

-record(person, {name, age = 0, tags = []}).

start() ->
    show:all([
        {map_update, fun() -> M = id(#{a => 1, b => 2}), [M#{a := 3}, M#{c => 4}, map_size(M#{d => 5})] end},
        {map_match, fun() -> #{a := X} = id(#{a => {1, [2]}, 3 => 4}), X end},
        {map_keys, fun() -> M = id(#{1 => a, 1.0 => b, <<"k">> => c, [x] => d, {t} => e}), [map_get(1, M), map_get(1.0, M), is_map_key({t}, M), is_map_key(t, M)] end},
        {map_large, fun() -> M = fill(60, #{}), {map_size(M), map_get(30, M), M} end},
        {map_from_keys, fun() -> maps:from_keys([c, a, b], 0) end},
        {map_order, fun() -> [#{a => 1} < #{b => 0}, #{a => 1} < #{a => 1, b => 1}, #{a => 1} == #{a => 1.0}] end},
        {map_missing, fun() -> map_get(zz, id(#{})) end},
        {comprehensions, fun() -> [{X, Y} || X <- [1, 2, 3], X rem 2 =:= 1, Y <- [a, b]] end},
        {map_of_maps, fun() -> [V || #{k := V} <- [#{k => 1}, #{j => 2}, #{k => 3}]] end},
        {closures, fun() -> Add = fun(N) -> fun(X) -> X + N end end, [(Add(1))(10), (Add(-1))(10)] end},
        {recursive_fun, fun() -> F = fun Loop(0, A) -> A; Loop(N, A) -> Loop(N - 1, A * N) end, F(20, 1) end},
        {external_fun, fun() -> F = fun lists:reverse/1, F([1, 2, 3]) end},
        {fun_tests, fun() -> F = fun(_, _) -> ok end, [is_function(F), is_function(F, 2), is_function(F, 1)] end},
        {records, fun() -> P = #person{name = "Joe", age = 68}, [P, P#person{age = 69}, P#person.tags, is_record(P, person)] end},
        {tuples, fun() -> T = {a, b, c}, [element(2, T), setelement(2, T, x), tuple_size(T), tuple_to_list(T), erlang:make_tuple(2, 0), list_to_tuple([1, 2])] end},
        {tuple_edits, fun() -> [erlang:insert_element(2, {a, c}, b), erlang:delete_element(1, {a, b})] end},
        {lists, fun() -> [[1, 2] ++ [3], [1, 2, 3, 2] -- [2], lists:reverse([1, 2], [3]), lists:member(2, [1, 2]), lists:keyfind(b, 1, [{a, 1}, {b, 2}])] end},
        {improper, fun() -> id([1 | 2]) ++ [3] end},
        {length_improper, fun() -> length([1 | id(2)]) end},
        {order, fun() -> sort([#{}, <<"b">>, [1], {2}, 1.5, atom, 1, [], "a", <<>>, {1, 2}, -3, [1 | 2], true, 100000000000000000000]) end},
        {atoms, fun() -> [list_to_atom("hello world"), binary_to_atom(<<"caf\303\251">>, utf8), atom_to_binary('', utf8), atom_to_list('A b')] end},
        {many_atoms, fun() -> length([list_to_atom("atom_" ++ integer_to_list(N)) || N <- seq(1, 300)]) end},
        {no_atom, fun() -> binary_to_existing_atom(<<"never seen before">>, utf8) end},
        {equality, fun() -> [1 == 1.0, 1 =:= 1.0, {1, a} == {1.0, a}, [] =:= [], "" == [], a /= b] end},
        {logic, fun() -> [true and id(false), id(true) xor true, not id(false), id(true) andalso 1, id(false) orelse 2] end},
        {bad_logic, fun() -> id(1) and true end},
        {ets, fun() -> tables() end},
        {ets_bad, fun() -> ets:lookup(no_such_table, 1) end},
        {deep, fun() -> size_of(nest(3000, [])) end},
        {quicksort, fun() -> sort(shuffle(400, 17)) end},
        {strings, fun() -> [integer_to_list(-42), list_to_integer("7f", 16), "abc" ++ [$d]] end},
        {references, fun() -> A = make_ref(), B = make_ref(), [A =:= A, A =:= B, is_reference(A), is_pid(self())] end}
    ]).

id(X) -> X.

fill(0, M) -> M;
fill(N, M) -> fill(N - 1, M#{N => N * 7 rem 13}).

tables() ->
    T = ets:new(table, [set]),
    true = ets:insert(T, [{a, 1}, {b, 2}, {"c", [3]}]),
    A = ets:lookup(T, a),
    N = ets:update_counter(T, b, 5),
    Inserted = ets:insert_new(T, {a, 9}),
    Element = ets:lookup_element(T, "c", 2),
    true = ets:delete(T, a),
    {A, N, Inserted, Element, ets:lookup(T, a), ets:member(T, b), ets:take(T, b), ets:delete(T)}.

sort([]) -> [];
sort([Pivot | Rest]) -> sort([X || X <- Rest, X < Pivot]) ++ [Pivot | sort([X || X <- Rest, X >= Pivot])].

shuffle(0, _) -> [];
shuffle(N, Seed) -> [Seed rem 1000 | shuffle(N - 1, (Seed * 1103515245 + 12345) rem 2147483648)].

nest(0, T) -> T;
nest(N, T) -> nest(N - 1, {T}).

size_of({T}) -> 1 + size_of(T);
size_of([]) -> 0.

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
