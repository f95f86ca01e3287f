%% Maps, lists, trees, queues, binaries and numbers.
-module(otp_data_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [maps_basic_test, maps_change_test, maps_remove_test, maps_errors_test, maps_fold_test, maps_iterate_test, maps_large_test,
     maps_group_test, lists_sort_test, lists_key_test, lists_errors_test, lists_more_test, sets_test, dicts_test,
     trees_test, queue_test, array_test, binary_match_test, binary_part_test, binary_unsigned_test, binary_edit_test,
     bits_test, numbers_test, math_test, floats_test, proplists_test, comprehensions_test, records_test, catch_test,
     big_test, ordering_test, remainder_test, from_keys_test, subtract_test, key_number_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

maps_basic_test() ->
    M = maps:from_list([{b, 2}, {a, 1}, {"c", 3.0}, {a, 4}]),
    {M, lists:sort(maps:keys(M)), lists:sort(maps:values(M)), lists:sort(maps:to_list(M)), maps:size(M), maps:get(a, M), maps:get(z, M, none), maps:find(b, M),
     maps:find(z, M), maps:is_key("c", M), maps:is_key(z, M), maps:from_keys([x, y, x], 0)}.

maps_change_test() ->
    M = #{a => 1, b => 2},
    {maps:put(c, 3, M), maps:put(a, 0, M), maps:update(a, 9, M), maps:remove(a, M), maps:remove(z, M), maps:take(b, M),
     maps:take(z, M), maps:merge(M, #{b => 3, d => 4}), maps:merge(#{b => 3}, M), maps:with([a, z], M),
     maps:without([a], M), maps:update_with(a, fun(X) -> X + 1 end, M), maps:update_with(z, fun(X) -> X end, 7, M)}.

%% Every key is taken out of maps of many sizes, and of one with keys of all kinds.
maps_remove_test() ->
    Kinds = #{a => 1, 1 => 2, 1.0 => 3, "s" => 4, <<"b">> => 5, {t, [1]} => 6, [] => 7, #{m => 1} => 8, 1 bsl 70 => 9, -5 => 10},
    Without = fun(Map) -> [maps:remove(Key, Map) =:= maps:from_list(lists:keydelete(Key, 1, maps:to_list(Map))) || Key <- maps:keys(Map)] end,
    Sizes = [1, 2, 3, 24, 25, 40],
    Large = maps:from_list([{N, {N, "x"}} || N <- lists:seq(1, 2000)]),
    Left = lists:foldl(fun maps:remove/2, Large, lists:seq(1, 1990)),
    {lists:usort(Without(Kinds)), [lists:usort(Without(maps:from_list([{N, [N]} || N <- lists:seq(1, Size)]))) || Size <- Sizes],
     lists:sort(maps:to_list(Left)), maps:remove(1, #{1 => a}), maps:remove(1, #{1.0 => a}), maps:take("s", Kinds) =:= {4, maps:remove("s", Kinds)},
     sets:to_list(sets:del_element(2, sets:from_list([1, 2], [{version, 2}]))), t(fun() -> maps:from_keys(same(#{a => 1, b => 2}), a) end)}.

maps_errors_test() ->
    [t(fun() -> maps:get(z, same(#{})) end), t(fun() -> maps:update(z, 1, #{}) end), t(fun() -> maps:keys(x) end),
     t(fun() -> maps:put(a, 1, x) end), t(fun() -> maps:merge(x, #{}) end), t(fun() -> maps:merge(#{}, x) end),
     t(fun() -> maps:from_list([a]) end), t(fun() -> maps:find(a, x) end), t(fun() -> maps:remove(a, x) end),
     t(fun() -> maps:size(x) end), t(fun() -> maps:fold(fun(_, _, A) -> A end, 0, x) end)].

maps_fold_test() ->
    M = maps:from_list([{N, N * N} || N <- lists:seq(1, 20)]),
    {maps:fold(fun(K, V, A) -> K + V + A end, 0, M), maps:map(fun(_, V) -> V + 1 end, M),
     maps:filter(fun(K, _) -> K rem 2 =:= 0 end, M),
     maps:filtermap(fun(K, V) -> K > 18 andalso {true, V} end, M), maps:foreach(fun(_, _) -> ok end, M),
     maps:intersect(#{a => 1, b => 2}, #{b => 3}), maps:merge_with(fun(_, A, B) -> A + B end, #{a => 1}, #{a => 2, c => 3})}.

maps_iterate_test() ->
    M = #{c => 3, a => 1, b => 2},
    Ordered = maps:iterator(M, ordered),
    {K1, V1, Next} = maps:next(Ordered),
    {K2, V2, _} = maps:next(Next),
    {K1, V1, K2, V2, maps:to_list(Ordered), maps:to_list(maps:iterator(M, reversed)),
     lists:sort(maps:to_list(maps:iterator(M))), maps:next(maps:iterator(#{})), lists:sort([{K, V} || K := V <- M]),
     #{V => K || K := V <- M}}.

maps_large_test() ->
    M = maps:from_list([{{k, N}, N} || N <- lists:seq(1, 300)]),
    Left = lists:foldl(fun(N, Map) -> maps:remove({k, N}, Map) end, M, lists:seq(1, 290)),
    {map_size(M), maps:get({k, 150}, M), lists:sort(maps:to_list(Left))}.

maps_group_test() ->
    {maps:groups_from_list(fun(X) -> X rem 3 end, lists:seq(1, 10)),
     maps:groups_from_list(fun length/1, fun hd/1, ["a", "bc", "d"])}.

lists_sort_test() ->
    L = [3, 1.0, a, "b", {2, 1}, 1, #{}, <<"x">>, [], {1}, 2.5, 1],
    {lists:sort(L), lists:usort(L), lists:reverse(lists:sort(L)), lists:keysort(2, [{a, 3}, {b, 1}, {c, 2}, {d, 1}]),
     lists:sort(fun(A, B) -> A >= B end, [1, 3, 2]), lists:merge([1, 3], [2, 4]), lists:umerge([1, 3], [1, 4]),
     lists:ukeysort(1, [{b, 1}, {a, 1}, {b, 2}])}.

lists_key_test() ->
    L = [{a, 1}, {b, 2}, {c, 3}],
    {lists:keyfind(b, 1, L), lists:keyfind(z, 1, L), lists:keymember(2, 2, L), lists:keysearch(c, 1, L),
     lists:keysearch(z, 1, L), lists:keytake(b, 1, L), lists:keydelete(a, 1, L), lists:keyreplace(a, 1, L, {a, 9}),
     lists:keystore(z, 1, L, {z, 0}), lists:keymap(fun(X) -> X * 2 end, 2, L)}.

lists_errors_test() ->
    [t(fun() -> lists:nth(9, [1]) end), t(fun() -> lists:last([]) end), t(fun() -> lists:sum([a]) end),
     t(fun() -> hd(same([])) end), t(fun() -> length(same([a | b])) end), t(fun() -> lists:zip([1], []) end)].

lists_more_test() ->
    L = lists:seq(1, 10),
    {lists:foldl(fun(X, A) -> X - A end, 0, L), lists:foldr(fun(X, A) -> X - A end, 0, L), lists:partition(fun(X) -> X > 4 end, L),
     lists:splitwith(fun(X) -> X < 3 end, L), lists:split(3, L), lists:sublist(L, 3, 4), lists:nthtail(7, L), lists:zip(L, L),
     lists:unzip([{1, a}, {2, b}]), lists:zipwith(fun(A, B) -> A * B end, [1, 2], [3, 4]), lists:flatten([1, [2, [3]], []]),
     lists:append([[1], [2]]), lists:concat([a, 1, "b"]), lists:duplicate(3, x), lists:max(L), lists:min(L), lists:prefix([1], L),
     lists:suffix([10], L), lists:subtract([1, 2, 3, 2], [2]), lists:member(3, L), lists:delete(3, L), lists:droplast(L),
     lists:enumerate([a, b]), lists:search(fun(X) -> X > 3 end, L), lists:mapfoldl(fun(X, A) -> {X * 2, A + X} end, 0, [1, 2]),
     lists:filtermap(fun(X) -> X > 8 andalso {true, -X} end, L), lists:uniq([1, 2, 1]), L -- [1, 2], lists:join(0, [1, 2])}.

sets_test() ->
    A = sets:from_list([1, 2, 3]), B = sets:from_list([2, 3, 4], [{version, 2}]),
    G = gb_sets:from_list([c, a, b, a]), O = ordsets:from_list([3, 1, 2, 1]),
    {lists:sort(sets:to_list(sets:union(A, A))), lists:sort(sets:to_list(B)), sets:size(B), sets:is_element(2, A),
     gb_sets:to_list(gb_sets:add(d, G)), gb_sets:is_member(b, G), gb_sets:smallest(G), O, ordsets:intersection(O, [2, 3]),
     ordsets:is_subset([1], O)}.

dicts_test() ->
    D = dict:store(b, 2, dict:store(a, 1, dict:new())), O = orddict:from_list([{b, 2}, {a, 1}]),
    {lists:sort(dict:to_list(dict:append(c, 3, D))), dict:fetch(a, D), dict:find(z, D), dict:size(D), orddict:update(a, fun(X) -> X + 1 end, O),
     orddict:fold(fun(_, V, A) -> V + A end, 0, O)}.

trees_test() ->
    T = lists:foldl(fun(N, Tree) -> gb_trees:enter(N rem 7, N, Tree) end, gb_trees:empty(), lists:seq(1, 20)),
    {gb_trees:to_list(T), gb_trees:lookup(3, T), gb_trees:lookup(9, T), gb_trees:smallest(T), gb_trees:largest(T), gb_trees:keys(gb_trees:delete(3, T)),
     gb_trees:larger(3, T), gb_trees:smaller(3, T)}.

queue_test() ->
    Q = queue:in(3, queue:in(2, queue:from_list([1]))),
    {{value, X}, R} = queue:out(Q),
    {X, queue:to_list(R), queue:len(R), queue:peek(R), queue:to_list(queue:in_r(0, Q)), queue:member(2, Q), queue:out(queue:new())}.

array_test() ->
    A = array:set(5, x, array:new([{default, 0}])),
    {array:to_list(A), array:get(5, A), array:get(2, A), array:size(A), array:sparse_to_orddict(A), array:foldl(fun(_, _, N) -> N + 1 end, 0, A)}.

binary_match_test() ->
    B = <<"abcabcab">>,
    {binary:match(B, <<"b">>), binary:match(B, <<"z">>), binary:matches(B, <<"ab">>), binary:matches(B, [<<"a">>, <<"ca">>]), binary:matches(B, <<"z">>),
     binary:matches(B, <<"a">>, [{scope, {1, 5}}]), binary:match(B, binary:compile_pattern([<<"ca">>, <<"bc">>])), binary:longest_common_prefix([<<"abc">>, <<"abd">>]),
     binary:longest_common_suffix([<<"xbc">>, <<"ybc">>])}.

binary_part_test() ->
    B = <<"hello">>,
    {binary:part(B, 1, 2), binary:part(B, {1, 2}), binary:part(B, 5, -2), binary:part(B, {5, -2}), binary_part(B, {0, 1}), binary:first(B),
     binary:last(B), binary:at(B, 1), binary:bin_to_list(B, 1, 2), binary_to_list(B, 2, 3), split_binary(B, 2), t(fun() -> binary:part(B, 9, 1) end)}.

binary_unsigned_test() ->
    {binary:decode_unsigned(<<1, 2, 3>>), binary:decode_unsigned(<<1, 2, 3>>, little), binary:encode_unsigned(66051),
     binary:encode_unsigned(66051, little), binary:encode_unsigned(0), t(fun() -> binary:encode_unsigned(-1) end)}.

binary_edit_test() ->
    {binary:split(<<"a,b,c">>, <<",">>), binary:split(<<"a,b,c">>, <<",">>, [global]), binary:split(<<",a,">>, <<",">>, [global, trim_all]),
     binary:replace(<<"a-b-c">>, <<"-">>, <<"+">>, [global]), binary:copy(<<"ab">>, 3), binary:join([<<"a">>, <<"b">>], <<"/">>),
     binary:encode_hex(<<255, 1>>), binary:decode_hex(<<"FF01">>), iolist_to_binary(["a", [<<"b">>, $c]])}.

bits_test() ->
    <<A:16, B:8/signed, C/binary>> = <<1, 2, 255, "rest">>,
    <<F:32/float>> = <<1.5:32/float>>,
    {A, B, C, F, <<300:16/little>>, <<"é"/utf8>>, <<1.0/float>>, [X || <<X>> <= <<1, 2, 3>>], << <<(X * 2)>> || <<X>> <= <<1, 2>> >>, bit_size(<<1, 2>>)}.

numbers_test() ->
    {7 div 2, -7 div 2, 7 rem -2, -7 rem 2, 7 / 2, 5 band 3, 5 bor 3, 5 bxor 3, bnot 5, 1 bsl 40, -16 bsr 2, abs(-3), round(2.5), trunc(-2.5), ceil(1.1),
     floor(-1.1), max(1, 1.0), min(a, 1), integer_to_list(255, 16), list_to_integer("ff", 16), binary_to_integer(<<"-12">>), 16#ffff_ffff * 16#ffff_ffff,
     t(fun() -> 1 div zero() end), t(fun() -> list_to_integer(same("x")) end)}.

zero() -> 0.

math_test() ->
    {math:sqrt(2), math:pow(2, 10), math:pi(), math:sin(0.5), math:log(10), math:log2(8), math:fmod(7.5, 2), math:floor(1.5), t(fun() -> math:sqrt(same(-1)) end), math:exp(1)}.

floats_test() ->
    {1.0, 0.1, 1.0e100, 1.5e-7, -0.0 == 0.0, float_to_list(3.14159, [{decimals, 2}]), float_to_list(1.0e10, [short]), float_to_binary(2.5, [{decimals, 4}, compact]),
     list_to_float("1.5e3"), io_lib:format("~p ~w ~.3f ~e ~g", [1.1, 123456789.0, 2.0, 3.5, 1.0e-5]), 1 == 1.0, 1 =:= 1.0}.

proplists_test() ->
    L = [a, {b, 1}, {c, 2}, {b, 3}],
    {proplists:get_value(a, L), proplists:get_value(b, L), proplists:get_all_values(b, L), proplists:get_bool(a, L), proplists:delete(b, L), proplists:is_defined(z, L),
     proplists:compact([{a, true}]), proplists:unfold([a]), lists:sort(proplists:get_keys(L)), proplists:to_map(L)}.

comprehensions_test() ->
    {[X * Y || X <- [1, 2, 3], Y <- [X, 10], X =/= 2], [{K, V} || {K, V} <- [{a, 1}, b, {c, 2}]], lists:sort([K || {K, _} <- maps:to_list(#{a => 1, b => 2})])}.

-record(point, {x = 0, y = 0, name}).

records_test() ->
    P = #point{x = 1}, Q = P#point{y = 2, name = "p"},
    {P, Q, Q#point.y, is_record(Q, point), is_record({point, 1}, point), record_info(fields, point), record_info(size, point), element(#point.x, Q)}.

%% AtomVM's own catch takes some plain values for exceptions.
catch_test() ->
    {[catch same(N) || N <- lists:seq(0, 40)], catch throw(x), catch exit(y), (catch same(error)), (catch same(throw)), element(1, (catch error(z)))}.

same(X) -> X.

big_test() ->
    F = lists:foldl(fun erlang:'*'/2, 1, lists:seq(1, 40)),
    {F, F div 1000003, F rem 1000003, F bsr 50, integer_to_list(F, 36), -F < F, F + 1 - F, F band 16#ffffffffffff}.

ordering_test() ->
    {1 < a, a < make_tuple(), {} < [], [] < [1], [1] < <<"a">>, #{} < [], #{a => 1} < #{a => 2}, {1, 2} < {0, 1, 2}, "abc" < "abd", 1.0 =< 1}.

make_tuple() -> {}.

remainder_test() ->
    Powers = [0, 3, 10, 27, 28, 31, 32, 40, 62, 63, 64, 65, 100],
    [[{A rem B, A rem -B, -A rem B, A div B, A - (A div B) * B =:= A rem B} || B <- [(1 bsl M) + 1 || M <- Powers]] || A <- [(1 bsl N) + D || N <- Powers, D <- [-1, 0, 3]]].

subtract_test() ->
    Long = lists:seq(1, 3000),
    Mixed = [case N rem 3 of 0 -> N rem 50; 1 -> float(N rem 50); 2 -> {N rem 7} end || N <- Long],
    {Long -- lists:seq(10, 2990), length(Mixed -- Mixed), Mixed -- lists:reverse(lists:sublist(Mixed, 2800)), lists:duplicate(500, a) -- lists:duplicate(490, a), lists:subtract(Long, [2.0, 5 | lists:seq(7, 3000)]),
     t(fun() -> Long -- [a | b] end), t(fun() -> [a | Long] ++ b -- Long end), t(fun() -> ([a | b]) -- Long end), [] -- Long, Long -- [] =:= Long, [3, 1, 2, 1] -- [1],
     [lists:sublist(Mixed, N) -- lists:sublist(lists:reverse(Mixed), N * 7 rem 60) || N <- lists:seq(1, 60)],
     [[1, 1.0, -0.0, 1 bsl 70, <<"a">>, [1.0], "ab", self()] -- [One, other] =/= [] || One <- [1, 1.0, 1 bsl 70, <<"a">>, [1], [1.0], "ab", self()]],
     lists:sum([length(lists:duplicate(100_000, x) -- lists:duplicate(N, x)) || N <- lists:seq(1, 100)]),
     length(Long -- lists:seq(100_000, 1, -1)), lists:seq(1, 100_000) -- lists:seq(100_000, 11, -1)}.

key_number_test() ->
    L = [{a, 1}, x, {1.0, b}, {1, c}, {2, d}, {3.5, e}, {2.0, f}, {1 bsl 60, g}, {}],
    [{lists:keyfind(K, 1, L), lists:keymember(K, 1, L), lists:keysearch(K, 1, L)} || K <- [1, 1.0, 2, 2.0, 3.5, 4, 4.0, a, 1 bsl 60, float(1 bsl 60), -0.0]].

%% Keys of several types, many of them twice, and so many that each must not be compared with every other.
from_keys_test() ->
    Many = maps:from_keys([{N rem 7, [N]} || N <- lists:seq(1, 100_000)], x),
    100_000 = map_size(maps:from_list([{{N rem 7, [N]}, x} || N <- lists:seq(100_000, 1, -1)] ++ maps:to_list(Many))),
    Keys = [case N rem 4 of 0 -> N * 7 rem 50 - 37; 1 -> list_to_atom(integer_to_list(N * 11 rem 60)); 2 -> (N * 13 rem 90) / 91; 3 -> {N * 5 rem 40} end || N <- lists:seq(1, 300)],
    [begin
         Map = maps:from_keys(lists:sublist(Keys, N), x),
         {map_size(Map), lists:sort(maps:keys(Map)) =:= lists:usort(lists:sublist(Keys, N))}
     end || N <- [0, 1, 20, 60, 190, 300]] ++ [t(fun() -> maps:from_keys([a | b], x) end), t(fun() -> maps:from_keys(a, x) end)].
