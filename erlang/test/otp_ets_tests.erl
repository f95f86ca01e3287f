%% Tables, persistent terms, counters.
-module(otp_ets_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() ->
    [set_test, ordered_set_test, bag_test, duplicate_bag_test, named_test, walk_test, shapes_test, match_test, select_test, limit_test, chunks_test, delete_test,
     counter_test, update_element_test, take_test, insert_new_test, info_test, errors_test, owner_test, heir_test, give_away_test, protection_test,
     fold_test, fun2ms_test, replace_test, kept_key_test, keypos_test, concurrent_test, lookup_element_test, empty_tuple_test, big_counter_test, number_key_test, held_test, gone_owner_test, many_test, followed_test, refusal_test, cause_test, ended_test,
     replaced_key_test, memory_test, binaries_test, concurrency_test, persistent_term_test, atomics_test, counters_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

sorted(Tab) -> lists:sort(ets:tab2list(Tab)).

set_test() ->
    T = ets:new(t, []),
    A = ets:insert(T, {a, 1}), B = ets:insert(T, [{b, 2}, {a, 3}, {1, x}, {1.0, y}]),
    {A, B, sorted(T), ets:lookup(T, a), ets:lookup(T, z), ets:lookup(T, 1), ets:lookup(T, 1.0), ets:member(T, a), ets:member(T, z), ets:info(T, size)}.

ordered_set_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N * N} || N <- [5, 3, 9, 1]]),
    ets:insert(T, {3.0, float}),
    {ets:tab2list(T), ets:first(T), ets:last(T), ets:next(T, 3), ets:next(T, 4), ets:prev(T, 5), ets:prev(T, 1), ets:next(T, 9), ets:lookup(T, 3), ets:lookup(T, 5.0),
     ets:member(T, 1.0), ets:first_lookup(T), ets:next_lookup(T, 5), ets:slot(T, 0)}.

bag_test() ->
    T = ets:new(t, [bag]),
    ets:insert(T, [{a, 1}, {a, 2}, {a, 1}, {b, 1}]),
    X = ets:lookup(T, a), ets:delete_object(T, {a, 1}),
    {X, ets:lookup(T, a), sorted(T), ets:info(T, size), ets:lookup_element(T, a, 2)}.

duplicate_bag_test() ->
    T = ets:new(t, [duplicate_bag]),
    ets:insert(T, [{a, 1}, {a, 2}, {a, 1}]),
    X = ets:lookup(T, a), N = ets:info(T, size), ets:delete_object(T, {a, 1}),
    {X, N, ets:tab2list(T), ets:info(T, size)}.

named_test() ->
    T = ets:new(named, [named_table, public]),
    ets:insert(named, {a, 1}),
    W = ets:whereis(named) =/= undefined,
    R = ets:rename(named, other),
    {T, W, R, ets:lookup(other, a), t(fun() -> ets:lookup(named, a) end), ets:whereis(named), t(fun() -> ets:new(other, [named_table]) end), ets:delete(other), ets:info(other)}.

walk_test() ->
    T = ets:new(t, []),
    ets:insert(T, [{N} || N <- lists:seq(1, 50)]),
    {ets:first(ets:new(e, [])), lists:sort(walk(T, ets:first(T))) =:= lists:seq(1, 50), t(fun() -> ets:next(T, nothing) end), ets:safe_fixtable(T, true)}.

walk(_, '$end_of_table') -> [];
walk(T, Key) -> [Key | walk(T, ets:next(T, Key))].

%% What a specification can match at all is chosen among the objects before it runs: numbers of both kinds, parts of lists
%% and tuples, empty tuples, guards that compare, several clauses.
shapes_test() ->
    Values = [1, 1.0, 2, -0.0, 0, 0.0, a, [], [1], [1.0], [1, 2], [1 | 2], "abc", {}, {1}, {1.0}, {{}}, {1, {2, x}}, {{}, 1, 3, 4, 5}, #{}, #{1 => 2}, #{1 => 2.0}, <<"abc">>, <<0:512>>,
              1 bsl 70, 1.5e300, fun lists:map/2],
    Patterns = Values ++ ['_', '$1', ['_'], ['$1' | '$2'], [1 | '_'], ['_', 2], [$a | '_'], {'_'}, {'_', '_'}, {1, '_'}, {'$1', {2, '$1'}}, {'$1', {'$2', '$3'}}, #{1 => '_'}, [[]], {[]}, {'_', 1, '_', '_', '_'}],
    Guards = [{'=:=', '$1', 1}, {'==', '$1', 1}, {'==', 1.0, '$1'}, {'=:=', '$1', {const, [1]}}, {'==', '$1', {const, {1}}}, {'andalso', {'==', '$1', 0}, true}, {'==', '$1', a}, {'orelse', {'==', '$1', a}, {'==', '$1', 2}},
              {'and', {'=:=', '$1', "abc"}, {is_list, '$1'}}, {'==', {hd, '$1'}, 1}, {'=/=', '$1', a}],
    [begin
         T = ets:new(t, [Type]),
         ets:insert(T, [{N, V} || {N, V} <- lists:enumerate(Values)]),
         K = ets:new(k, [Type]),
         ets:insert(K, [{V} || V <- Values]),
         Lookups = {[lists:sort(ets:match(T, {'$9', P})) || P <- Patterns], [lists:sort(ets:match_object(K, {P})) || P <- Patterns]},
         Guarded = [lists:sort(ets:select(T, [{{'$2', '$1'}, [G], ['$2']}])) || G <- Guards],
         Both = [lists:sort(ets:select(T, [{{'$2', P}, [], ['$2']}, {{'$2', '$1'}, [G], [{{'$2', '$1'}}]}])) || P <- [1, [1 | '_'], '_'], G <- Guards],
         Count = ets:select_count(T, [{{'_', '$1'}, [{'==', '$1', 1}], [true]}]),
         Told = [ets:select_count(T, [{{'$2', '$1'}, [], [a, G]}, {{'$2', '_'}, [], [{'==', '$2', N}]}]) || G <- Guards, N <- [1, 7, 99]],
         Deleted = [ets:select_delete(K, [{{'$1'}, [], [{'==', V, '$1'}]}]) || V <- [2, a, {}, []]] ++ [ets:select_delete(K, [{{'$1'}, [{'==', '$1', V}], [true]}]) || V <- [1, {1}, "abc", 17]],
         {Type, Lookups, Guarded, Both, Count, Told, Deleted, lists:sort(ets:tab2list(K)), ets:match_delete(T, {'_', ['_' | '_']}), sorted(T)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

match_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{1, a, {x, 1}}, {2, b, {x, 2}}, {3, a, {y, 1}}]),
    {ets:match(T, {'$1', a, '_'}), ets:match(T, {'$2', '$1', {x, '_'}}), ets:match_object(T, {'_', a, '_'}), ets:match(T, {2, '$1', '$2'}), ets:match(T, {'_', '_', {'$1', '$1'}}),
     ets:match_object(T, {'_', b, {x, 3}}), ets:match_delete(T, {'_', a, '_'}), ets:tab2list(T)}.

select_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N rem 3, [N]} || N <- lists:seq(1, 12)]),
    {ets:select(T, [{{'$1', 0, '_'}, [], ['$1']}]), ets:select(T, [{{'$1', '_', '$2'}, [{'>', '$1', 10}], [{{'$1', '$2'}}]}]), ets:select(T, [{{'$1', 1, '_'}, [], ['$_']}, {{'$1', 2, '_'}, [], ['$$']}]),
     ets:select_count(T, [{{'_', 1, '_'}, [], [true]}]), ets:select_reverse(T, [{{'$1', 0, '_'}, [], ['$1']}]), ets:select(T, [{{'$1', '_', '_'}, [{'andalso', {'>', '$1', 3}, {'<', '$1', 6}}], [{'+', '$1', 1}]}]),
     ets:select(T, [{{'$1', '_', '$2'}, [{'==', {hd, '$2'}, 4}], [{{'$1', {const, '$2'}}}]}]), ets:select(T, [{{'$1', '_', '_'}, [{'==', {element, 9, '$_'}, 4}], ['$1']}]), ets:select(T, [{{7, '$1', '_'}, [], ['$1']}])}.

limit_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N} || N <- lists:seq(1, 7)]),
    {A, C1} = ets:select(T, [{{'$1'}, [], ['$1']}], 3),
    {B, C2} = ets:select(C1),
    {C, C3} = ets:select(C2),
    {A, B, C, ets:select(C3), element(1, ets:match(T, {'$1'}, 2)), ets:select(ets:new(e, []), [{{'$1'}, [], ['$1']}], 3)}.

%% All pieces, of objects some of which match, to the end; and continuations from outside.
chunks_test() ->
    All = fun All('$end_of_table') -> [];
              All({Found, Next}) -> [Found | All(ets:select(Next))] end,
    Spec = [{{'$1', '_'}, [{'=:=', {'rem', '$1', 3}, 0}], ['$1']}],
    [begin
         T = ets:new(t, [Type]),
         ets:insert(T, [{N, x} || N <- lists:seq(1, 40)]),
         Pieces = [All(ets:select(T, Spec, Limit)) || Limit <- [1, 4, 12, 13, 14, 100]],
         {_, Continuation} = ets:select(T, Spec, 4),
         Place = case Type of ordered_set -> 5; _ -> 4 end,
         Broken = setelement(Place, Continuation, <<>>),
         Repaired = ets:repair_continuation(binary_to_term(term_to_binary(Broken)), Spec),
         Last = {[lists:map(fun length/1, Found) || Found <- Pieces], [lists:sort(lists:append(Found)) || Found <- Pieces],
          t(fun() -> ets:select(Broken) end), element(1, ets:select(Repaired)) =:= element(1, ets:select(Continuation)), ets:repair_continuation(Continuation, Spec) =:= Continuation,
          [t(fun() -> ets:select(Wrong) end) || Wrong <- [x, {}, {T}, setelement(Place - 1, Continuation, x), setelement(1, Continuation, x), setelement(1, Continuation, make_ref())]],
          ets:repair_continuation('$end_of_table', Spec), ets:select('$end_of_table'), t(fun() -> ets:select(T, Spec, 0) end), t(fun() -> ets:select(T, nonsense, 2) end),
          ets:select(T, [{{4, '_'}, [], ['$_']}], 5), ets:select(T, [{{99, '_'}, [], ['$_']}], 5)},
         ets:delete(T),
         {Last, t(fun() -> ets:select(Continuation) end)}
     end || Type <- [set, ordered_set, duplicate_bag]].

delete_test() ->
    T = ets:new(t, []),
    ets:insert(T, [{N, N} || N <- lists:seq(1, 10)]),
    D = ets:select_delete(T, [{{'$1', '_'}, [{'>', '$1', 5}], [true]}]),
    {D, sorted(T), ets:delete(T, 1), ets:delete(T, nothing), ets:info(T, size), ets:delete_all_objects(T), ets:tab2list(T), ets:delete(T), t(fun() -> ets:tab2list(T) end), ets:info(T)}.

counter_test() ->
    T = ets:new(t, []),
    ets:insert(T, {c, 0, 10}),
    {ets:update_counter(T, c, 1), ets:update_counter(T, c, {3, -4}), ets:update_counter(T, c, [{2, 1}, {3, 1}]), ets:update_counter(T, new, {2, 5}, {new, 1}), ets:update_counter(T, c, {2, 1, 2, 0}),
     sorted(T), t(fun() -> ets:update_counter(T, none, 1) end)}.

update_element_test() ->
    T = ets:new(t, []),
    ets:insert(T, {k, 1, 2}),
    {ets:update_element(T, k, {2, x}), ets:update_element(T, z, {2, x}), ets:lookup(T, k), ets:update_element(T, k, [{2, y}, {3, z}]), ets:lookup(T, k), ets:update_element(T, n, {2, q}, {n, a, b}), ets:lookup(T, n)}.

take_test() ->
    T = ets:new(t, [bag]),
    ets:insert(T, [{a, 1}, {a, 2}]),
    {ets:take(T, a), ets:take(T, a), ets:tab2list(T)}.

insert_new_test() ->
    T = ets:new(t, []),
    {ets:insert_new(T, {a, 1}), ets:insert_new(T, {a, 2}), ets:insert_new(T, [{b, 1}, {a, 1}]), ets:insert_new(T, [{b, 1}, {c, 1}]), sorted(T)}.

info_test() ->
    T = ets:new(table, [bag, public, {keypos, 2}, {read_concurrency, true}]),
    [ets:info(T, Item) || Item <- [name, type, keypos, protection, size, named_table, heir, node]] ++ [ets:info(T, owner) =:= self(), ets:info(none), lists:member(T, ets:all())].

errors_test() ->
    T = ets:new(t, []),
    [t(fun() -> ets:insert(T, a) end), t(fun() -> ets:insert(T, {}) end), t(fun() -> ets:lookup(none, a) end), t(fun() -> ets:new(t, [nonsense]) end), t(fun() -> ets:lookup_element(T, a, 1) end), t(fun() -> ets:first(none) end),
     t(fun() -> ets:select(T, nonsense) end)].

owner_test() ->
    Self = self(),
    {Pid, Monitor} = spawn_monitor(fun() -> T = ets:new(gone, [public]), ets:insert(T, {a, 1}), Self ! {table, T} end),
    T = receive {table, Tab} -> Tab end,
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    wait_gone(T, 100).

wait_gone(_, 0) -> still_there;
wait_gone(T, N) ->
    case ets:info(T) of
        undefined -> gone;
        _ -> receive after 10 -> wait_gone(T, N - 1) end
    end.

heir_test() ->
    Self = self(),
    spawn(fun() -> T = ets:new(left, [{heir, Self, data}]), ets:insert(T, {a, 1}) end),
    receive {'ETS-TRANSFER', T, _, Data} -> {Data, ets:lookup(T, a), ets:info(T, owner) =:= self()} end.

give_away_test() ->
    Self = self(),
    T = ets:new(given, []),
    Pid = spawn(fun() -> receive {'ETS-TRANSFER', Tab, From, Data} -> ets:insert(Tab, {b, 1}), Self ! {From =:= Self, Data}, receive stop -> ok end end end),
    G = ets:give_away(T, Pid, hello),
    R = receive X -> X end,
    {G, R, ets:lookup(T, b), t(fun() -> ets:insert(T, {c, 1}) end)}.

protection_test() ->
    T = ets:new(t, [protected]),
    ets:insert(T, {a, 1}),
    Self = self(),
    spawn(fun() -> Self ! {t(fun() -> ets:insert(T, {b, 1}) end), ets:lookup(T, a)} end),
    receive X -> X end.

fold_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N} || N <- lists:seq(1, 5)]),
    {ets:foldl(fun({K, _}, A) -> [K | A] end, [], T), ets:foldr(fun({K, _}, A) -> [K | A] end, [], T)}.

fun2ms_test() ->
    Spec = [{{'$1', '$2'}, [{'>', '$2', 1}], ['$1']}],
    Compiled = ets:match_spec_compile(Spec),
    {ets:test_ms({a, 2}, Spec), ets:test_ms({a, 1}, Spec), ets:match_spec_run([{a, 2}, {b, 1}, {c, 3}], Compiled), ets:is_compiled_ms(Compiled), ets:is_compiled_ms(x)}.

replace_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{1, a}, {2, b}]),
    D = ets:new(d, [duplicate_bag]),
    ets:insert(D, [{1, a}, {1, a}, {1, b}, {2, a}]),
    {ets:select_replace(T, [{{'$1', a}, [], [{{'$1', z}}]}]), ets:tab2list(T),
     ets:select_replace(D, [{{'$1', a}, [], [{{'$1', z, new}}]}]), sorted(D), ets:select_replace(D, [{{1, b}, [], [{{1, z, new}}]}]), sorted(D)}.

keypos_test() ->
    T = ets:new(t, [{keypos, 2}, ordered_set]),
    ets:insert(T, [{x, 2}, {y, 1}]),
    {ets:tab2list(T), ets:lookup(T, 1), ets:first(T), t(fun() -> ets:insert(T, {a}) end)}.

concurrent_test() ->
    T = ets:new(t, [public]),
    ets:insert(T, {n, 0}),
    Pids = [spawn_monitor(fun() -> [begin ets:update_counter(T, n, 1), ets:insert(T, {{P, N}, N}) end || N <- lists:seq(1, 20)] end) || P <- lists:seq(1, 5)],
    [receive {'DOWN', M, process, _, _} -> ok end || {_, M} <- Pids],
    {ets:lookup(T, n), ets:info(T, size)}.

lookup_element_test() ->
    T = ets:new(t, []),
    ets:insert(T, {a, 1, 2}),
    {ets:lookup_element(T, a, 3), ets:lookup_element(T, z, 2, none), t(fun() -> ets:lookup_element(T, a, 9) end)}.

%% Which bodies keep the key for certain.
kept_key_test() ->
    T = ets:new(t, []), F = fun lists:map/2, P = self(), B = <<0:1000>>,
    [[t(fun() -> ets:select_replace(T, [{{Key, '$2'}, [], [{{Made, '$2'}}]}]) end) || Made <- [Key, {Key}, {const, Key}, {{Key}}, [Key], 17]]
     || Key <- ['$1', '_', '$_', '$$', a, F, P, B, 1, 1.0, [], [F | '$1'], [1], {1, F}, {{1, '$1'}}, #{}, #{a => 1}]]
    ++ [begin ets:insert(T, {Key, 1}), {t(fun() -> ets:select_replace(T, [{{Key, 1}, [], [{const, {Made, 2}}]}]) end), [N || {_, N} <- ets:lookup(T, Key)]} end
        || Key <- [a, {1, {2, P}}, B, #{a => 1}, {1, #{}}, '$1'], Made <- [Key, b]].

%% What an object takes more or less is the same everywhere; what a table takes without any is not.
memory_test() ->
    [begin
         T = ets:new(t, [Type]),
         Words = fun() -> ets:info(T, memory) end,
         Empty = Words(),
         ets:insert(T, {a, []}), Short = Words(),
         ets:delete(T, a), ets:insert(T, {a, lists:seq(1, 100)}), Long = Words(),
         ets:insert(T, {b, binary:copy(<<"ten bytes ">>, 1000)}), Shared = Words(),
         ets:delete(T, a), ets:delete(T, b), Again = Words(),
         ets:insert(T, [{N, N} || N <- lists:seq(1, 1000)]), Some = Words(),
         ets:insert(T, [{N, N} || N <- lists:seq(1001, 10000)]), Many = Words(),
         {Type, Empty > 0, Short > Empty + 3, Long - Short, Shared - Long > 5, Shared - Long < 50, Again - Empty, Some - Empty > 3000, Many - Some > 27000,
          lists:keyfind(memory, 1, ets:info(T)) =:= {memory, Many}, ets:delete_all_objects(T), Words() < Some}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

%% Binaries that a table shares with others, each as often as it is there. Short ones are no others'.
binaries_test() ->
    [begin
         T = ets:new(t, [Type]),
         Long = binary:copy(<<"0123456789">>, 10),
         Told = fun() -> ets:info(T, binary) end,
         None = Told(),
         ets:insert(T, [{short, <<"abc">>}, {one, [{Long}]}]), [{Where, Bytes, Shares}] = Told(),
         ets:insert(T, {two, #{k => [x | Long]}}), Two = Told(),
         ets:insert(T, {other, binary:copy(<<1>>, 70)}), Three = lists:usort([Size || {_, Size, _} <- Told()]),
         ets:delete(T, two), ets:delete(T, other), Again = Told(),
         ets:delete_all_objects(T),
         {None, Bytes, is_integer(Where), Two =:= [{Where, 100, Shares + 1}, {Where, 100, Shares + 1}], Three, Again =:= [{Where, 100, Shares}], Told(), byte_size(Long)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

%% What the options for many writers come to.
concurrency_test() ->
    Locks = fun(Count) -> {write_concurrency, {debug_hash_fixed_number_of_locks, Count}} end,
    Writes = [[], [{write_concurrency, false}], [{write_concurrency, true}], [{write_concurrency, auto}], [Locks(1000)], [Locks(5)], [Locks(0)], [Locks(100000)], [Locks(many)],
              [Locks(64), {write_concurrency, true}], [{write_concurrency, auto}, {write_concurrency, false}], [{write_concurrency, auto}, Locks(300)], [{write_concurrency, much}]],
    [t(fun() ->
         T = ets:new(t, [Type, Protection | Write ++ Count]),
         [ets:info(T, Item) || Item <- [write_concurrency, decentralized_counters, read_concurrency]]
     end) || Type <- [set, bag, ordered_set], Protection <- [private, public], Write <- Writes,
             Count <- [[], [{decentralized_counters, true}], [{decentralized_counters, false}, {read_concurrency, true}]]].

persistent_term_test() ->
    A = persistent_term:put({?MODULE, k}, [1, 2]), B = persistent_term:get({?MODULE, k}), C = lists:member({{?MODULE, k}, [1, 2]}, persistent_term:get()),
    {A, B, C, persistent_term:get(nothing, default), t(fun() -> persistent_term:get(nothing) end), persistent_term:erase({?MODULE, k}), persistent_term:erase({?MODULE, k}), persistent_term:get({?MODULE, k}, gone)}.

atomics_test() ->
    A = atomics:new(3, []), U = atomics:new(1, [{signed, false}]),
    {atomics:put(A, 1, 5), atomics:get(A, 1), atomics:add(A, 1, 2), atomics:add_get(A, 1, -10), atomics:sub_get(A, 2, 1), atomics:exchange(A, 3, 9), atomics:compare_exchange(A, 3, 9, 8), atomics:compare_exchange(A, 3, 9, 7),
     atomics:get(A, 3), atomics:sub_get(U, 1, 1), maps:with([min, max, size], atomics:info(A)), t(fun() -> atomics:get(A, 4) end), t(fun() -> atomics:new(0, []) end)}.

counters_test() ->
    C = counters:new(2, [write_concurrency]),
    {counters:add(C, 1, 3), counters:sub(C, 1, 1), counters:put(C, 2, 7), counters:get(C, 1), counters:get(C, 2), maps:get(size, counters:info(C))}.

%% The VM's own ways through tables begin with such keys.
empty_tuple_test() ->
    Keys = [{}, {{}}, {{}, 1}, {{}, 1, 2}, {{}, 1, 2, 3}, {{}, 1, 2, 3, 4}, {1, {}}],
    [begin
         T = ets:new(t, [Type]),
         [ets:insert(T, {Key, N}) || {N, Key} <- lists:enumerate(Keys)],
         First = [{ets:lookup(T, Key), ets:member(T, Key)} || Key <- Keys],
         Walked = lists:sort(walk(T, ets:first(T))) =:= lists:sort(Keys),
         Taken = [ets:take(T, Key) || Key <- Keys],
         Empty = ets:tab2list(T),
         ets:insert(T, {{}, 1}),
         Counted = case Type of
             bag -> none;
             _ -> {ets:update_counter(T, {}, 5), ets:update_element(T, {}, {2, x}), ets:update_element(T, {{}}, {2, x}), t(fun() -> ets:update_counter(T, {{}}, 1) end)}
         end,
         {First, Walked, Taken, Empty, Counted, ets:lookup_element(T, {}, 2), t(fun() -> ets:lookup_element(T, {{}}, 2) end), ets:select(T, [{{{}, '$1'}, [], ['$1']}]), ets:delete(T, {})}
     end || Type <- [set, ordered_set, bag]].

big_counter_test() ->
    T = ets:new(t, []),
    ets:insert(T, [{a, (1 bsl 27) - 2}, {b, -(1 bsl 27) + 1}, {c, 1 bsl 60}, {d, 0, 0}]),
    {[ets:update_counter(T, a, 1) || _ <- [1, 2, 3, 4]], [ets:update_counter(T, b, -1) || _ <- [1, 2, 3]], ets:update_counter(T, c, 1 bsl 40), ets:update_counter(T, a, -5),
     ets:update_counter(T, d, [{2, 3}, {3, 1 bsl 30}, {2, 5, 6, 0}]), ets:update_counter(T, d, {2, 1}), ets:update_counter(T, d, {2, -4, -2, 9}), t(fun() -> ets:update_counter(T, d, {1, 1}) end),
     t(fun() -> ets:update_counter(T, d, {4, 1}) end), ets:update_counter(T, e, {3, 1}, {e, 1, 2}), t(fun() -> ets:update_counter(T, f, {9, 1}, {f, 1}) end), sorted(T)}.

%% An ordered_set compares keys with ==, also inside of them.
number_key_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{1, a}, {2.0, b}, {{x, 3}, c}, {[4.0], d}, {1.0e30, e}]),
    S = ets:new(t, []),
    ets:insert(S, [{1, a}, {1.0, b}]),
    {ets:lookup(T, 1.0), ets:lookup(T, 2), ets:lookup(T, {x, 3.0}), ets:lookup(T, [4]), ets:member(T, 1000000000000000019884624838656), ets:first(T), ets:next(T, 1), ets:next(T, 2.5), ets:prev(T, {x, 3.0}),
     ets:insert_new(T, {1.0, z}), ets:insert(T, {1.0, z}), ets:tab2list(T), ets:delete(T, 2), ets:last(T), lists:sort(ets:tab2list(S))}.

%% Whoever holds a table still can go on from a key that is gone.
held_test() ->
    T = ets:new(t, []),
    ets:insert(T, [{N} || N <- lists:seq(1, 2000)]),
    ets:safe_fixtable(T, true),
    Seen = clear(T, ets:first(T)),
    Held = ets:info(T, fixed),
    ets:safe_fixtable(T, false),
    {length(Seen), lists:sort(Seen) =:= lists:seq(1, 2000), ets:tab2list(T), Held, ets:info(T, fixed), t(fun() -> ets:next(T, 1) end), ets:info(T, safe_fixed)}.

clear(_, '$end_of_table') -> [];
clear(T, Key) -> ets:delete(T, Key), [Key | clear(T, ets:next(T, Key))].

%% A table is gone when its owner is seen to be.
gone_owner_test() ->
    [begin
         {Pid, Monitor} = spawn_monitor(fun() -> ets:new(passing, [named_table]), ets:insert(passing, {a}) end),
         receive {'DOWN', Monitor, process, Pid, _} -> ok end,
         {t(fun() -> ets:lookup(passing, a) end), ets:whereis(passing), ets:new(passing, [named_table]), ets:delete(passing)}
     end || _ <- [1, 2, 3]].

many_test() ->
    [begin
         T = ets:new(t, [Type]),
         ets:insert(T, [{N * 7 rem 5003, N} || N <- lists:seq(1, 5000)]),
         Sum = ets:foldl(fun({_, N}, Acc) -> N + Acc end, 0, T),
         Walked = length(walk(T, ets:first(T))),
         Deleted = ets:select_delete(T, [{{'_', '$1'}, [{'>', '$1', 100}], [true]}]),
         {Sum, Walked, Deleted, ets:info(T, size), ets:delete_all_objects(T), ets:info(T, size), ets:insert(T, {a, b}), ets:tab2list(T)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

%% The order is asked for while keys come and go, a few at a time and many.
followed_test() ->
    T = ets:new(t, [ordered_set]),
    Ends = fun() -> {ets:first(T), ets:last(T), ets:info(T, size)} end,
    A = Ends(),
    ets:insert(T, {5}), B = Ends(),
    ets:insert(T, [{N} || N <- lists:seq(1, 2000)]), C = Ends(),
    [ets:delete(T, N) || N <- lists:seq(1, 10)], D = Ends(),
    Queue = [begin Key = ets:first(T), ets:delete(T, Key), ets:insert(T, {Key + 5000}), Key end || _ <- lists:seq(1, 30)],
    [ets:delete(T, N) || N <- lists:seq(11, 2000)], E = Ends(),
    {A, B, C, D, Queue, E, ets:next(T, 5045), ets:prev(T, 5045), ets:tab2list(T)}.

%% What the shell says below an exception comes from these.
refusal_test() ->
    T = ets:new(t, [private]),
    Other = fun(Work) -> Parent = self(), spawn(fun() -> Parent ! {other, why(Work)} end), receive {other, Why} -> Why end end,
    {why(fun() -> ets:lookup(nothing, 1) end), why(fun() -> ets:insert(begin D = ets:new(d, []), ets:delete(D), D end, {1}) end), why(fun() -> ets:lookup(17, 1) end), Other(fun() -> ets:lookup(T, 1) end), Other(fun() -> ets:insert(T, {1}) end),
     why(fun() -> ets:lookup_element(T, 1, 2) end), why(fun() -> ets:insert(T, x) end), why(fun() -> ets:next(T, 1) end), why(fun() -> ets:select(T, [{'_', [{foo}], ['$_']}]) end),
     why(fun() -> ets:match(T, {#{'$1' => 1}}) end), why(fun() -> ets:select(T, [{{'$1'}, [], ['$2']}]) end)}.

%% Which mistake is told where there is more than one to tell.
cause_test() ->
    T = ets:new(t, []), ets:insert(T, {one, two, 3}),
    Bag = ets:new(b, [bag]),
    Named = ets:new(named_cause, [named_table]),
    Other = fun(Work) -> Parent = self(), spawn(fun() -> Parent ! {other, why(Work)} end), receive {other, Why} -> Why end end,
    Self = self(),
    [why(Work) || Work <- [fun() -> ets:lookup_element(T, no_key, 0) end, fun() -> ets:lookup_element(T, one, 4) end,
        fun() -> ets:new(Named, [named_table]) end, fun() -> ets:rename(Named, Named) end, fun() -> ets:give_away(T, self(), x) end,
        fun() -> ets:give_away(T, no_pid, x) end, fun() -> ets:select_replace(Bag, [{{'$1'}, [], [{{'$1'}}]}]) end,
        fun() -> ets:update_counter(Bag, a, 1) end, fun() -> ets:update_counter(T, one, {4, bad}) end, fun() -> ets:update_counter(T, one, {4, 1}) end,
        fun() -> ets:update_counter(T, one, {1, 1}) end, fun() -> ets:update_counter(T, one, {2, 1}) end, fun() -> ets:update_element(T, one, {4, new}) end,
        fun() -> ets:update_element(T, one, {1, new}) end, fun() -> ets:update_element(Bag, a, {1, new}) end, fun() -> ets:setopts(T, nonsense) end]]
        ++ [Other(fun() -> ets:setopts(T, nonsense) end), Other(fun() -> ets:give_away(T, Self, x) end)].

%% A reference that never was a table is told from one that ended, and asking for either is no accident of its age.
ended_test() ->
    Ended = ets:new(t, []), ets:delete(Ended),
    [ets:delete(ets:new(t, [])) || _ <- lists:seq(1, 300)],
    Last = ets:new(t, []), ets:delete(Last),
    {ets:info(Ended), ets:info(Last, size), why(fun() -> ets:lookup(Ended, a) end), why(fun() -> ets:lookup(Last, a) end),
     why(fun() -> ets:lookup(make_ref(), a) end), why(fun() -> ets:info(make_ref()) end), why(fun() -> ets:info(make_ref(), size) end)}.

why(Work) ->
    try Work()
    catch error:Reason:Stack ->
        [{Module, Name, Arguments, Info} | _] = Stack,
        {Reason, Module, Name, length(Arguments), maps:get(cause, proplists:get_value(error_info, Info, #{}), none)}
    end.

replaced_key_test() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N} || N <- [1, 2, 3]]),
    {ets:select_replace(T, [{{'$1', '$2'}, [{'>', '$2', 1}], [{{'$1', {'*', '$2', 10}}}]}]), ets:tab2list(T), t(fun() -> ets:select_replace(T, [{{'$1', '$2'}, [], [{{'$2', '$1'}}]}]) end),
     t(fun() -> ets:select_replace(ets:new(b, [bag]), [{{'$1'}, [], ['$_']}]) end), ets:select_replace(T, [{{2, '_'}, [], [{{2, two}}]}]), ets:tab2list(T)}.
