%% Tables in files. The objects of a file come in the order of a hash, which is the same on every node.
-module(otp_dets_tests).
-compile(export_all).
-compile(nowarn_export_all).

tests() -> [set_test, bag_test, duplicate_bag_test, walk_test, reopen_test, unclosed_test, ets_test, counters_test, many_test, refusal_test].

t(Work) ->
    try Work() catch Class:Reason -> {Class, Reason} end.

%% A file of its own, and the table that the test closes or not.
with(Options, Work) ->
    File = filename:join("/tmp", "otp_dets_tests." ++ integer_to_list(erlang:unique_integer([positive])) ++ "." ++ os:getpid()),
    {ok, Tab} = dets:open_file(make_ref(), [{file, File} | Options]),
    try
        Work(Tab, File)
    catch
        Class:Reason -> {Class, Reason}
    after
        dets:close(Tab),
        file:delete(File)
    end.

sorted(Tab) -> lists:sort(dets:match_object(Tab, '_')).

set_test() ->
    with([], fun(Tab, _) ->
        {dets:insert(Tab, {a, 1}), dets:insert(Tab, [{b, 2}, {a, 3}, {1, x}, {"text", <<0:8000>>}]), dets:lookup(Tab, a), dets:lookup(Tab, "text") =:= [{"text", <<0:8000>>}], dets:lookup(Tab, none),
         dets:member(Tab, b), dets:member(Tab, c), dets:insert_new(Tab, {a, 4}), dets:insert_new(Tab, [{c, 5}, {d, 6}]), dets:delete(Tab, a), dets:delete_object(Tab, {b, 3}), dets:delete_object(Tab, {b, 2}),
         lists:sort(dets:select(Tab, [{{'$1', '$2'}, [{is_integer, '$2'}], [{{'$2', '$1'}}]}])), dets:match(Tab, {1, '$1'}), dets:info(Tab, size), dets:info(Tab, type), dets:info(Tab, keypos), dets:delete_all_objects(Tab), sorted(Tab)}
    end).

bag_test() ->
    with([{type, bag}, {keypos, 2}], fun(Tab, _) ->
        ok = dets:insert(Tab, [{1, a}, {2, a}, {1, a}, {1, b}]),
        {lists:sort(dets:lookup(Tab, a)), dets:info(Tab, no_objects), dets:info(Tab, no_keys), dets:delete_object(Tab, {1, a}), dets:lookup(Tab, a), dets:match_delete(Tab, {'_', b}), sorted(Tab)}
    end).

duplicate_bag_test() ->
    with([{type, duplicate_bag}], fun(Tab, _) ->
        ok = dets:insert(Tab, [{a, 1}, {a, 2}, {a, 1}]),
        {dets:lookup(Tab, a), dets:info(Tab, size), dets:delete_object(Tab, {a, 1}), dets:lookup(Tab, a), dets:select_delete(Tab, [{{a, '$1'}, [{'>', '$1', 1}], [true]}]), sorted(Tab)}
    end).

walk_test() ->
    with([], fun(Tab, _) ->
        ok = dets:insert(Tab, [{N, N * N} || N <- lists:seq(1, 300)]),
        Keys = fun Keys('$end_of_table') -> []; Keys(Key) -> [Key | Keys(dets:next(Tab, Key))] end,
        Pieces = fun Pieces({Found, Next}) -> [Found | Pieces(dets:select(Next))]; Pieces('$end_of_table') -> [] end,
        {Keys(dets:first(Tab)), dets:foldl(fun({_, Square}, Sum) -> Sum + Square end, 0, Tab),
         lists:sort(lists:append(Pieces(dets:select(Tab, [{{'$1', '_'}, [{'<', '$1', 20}], ['$1']}], 7)))), lists:sort(dets:traverse(Tab, fun({N, _}) when N > 297 -> {continue, N}; (_) -> continue end)),
         t(fun() -> dets:next(Tab, none) end)}
    end).

%% What was written is there after the table was closed, also for whoever may only read.
reopen_test() ->
    with([], fun(Tab, File) ->
        ok = dets:insert(Tab, [{a, 1}, {b, [2]}]),
        Synced = dets:sync(Tab),
        Closed = dets:close(Tab),
        {ok, Again} = dets:open_file(again, [{file, File}, {access, read}]),
        There = {sorted(Again), element(1, element(2, dets:insert(Again, {c, 3}))), dets:info(Again, access)},
        ok = dets:close(Again),
        {Synced, Closed, There, dets:is_dets_file(File), dets:info(again), lists:member(again, dets:all()), t(fun() -> dets:lookup(again, a) end)}
    end).

%% A table that nobody closed has to be put in order first, which is told on the terminal and not tried here.
unclosed_test() ->
    with([{auto_save, infinity}], fun(Tab, File) ->
        ok = dets:insert(Tab, [{N, x} || N <- lists:seq(1, 50)]),
        ok = dets:sync(Tab),
        ok = dets:insert(Tab, {new, y}),
        _ = dets:lookup(Tab, new),
        Copy = File ++ ".copy",
        {ok, _} = file:copy(File, Copy),
        Refused = element(1, dets:open_file(copy, [{file, Copy}, {repair, false}])),
        ok = file:write_file(Copy, "no table at all, only some text in a file"),
        Nonsense = element(1, element(2, dets:open_file(copy, [{file, Copy}]))),
        ok = file:delete(Copy),
        {Refused, Nonsense}
    end).

ets_test() ->
    with([], fun(Tab, _) ->
        Ets = ets:new(t, []),
        ets:insert(Ets, [{N, integer_to_list(N)} || N <- lists:seq(1, 100)]),
        To = ets:to_dets(Ets, Tab) =:= Tab,
        ets:delete_all_objects(Ets),
        {To, dets:info(Tab, size), ets:from_dets(Ets, Tab), ets:lookup(Ets, 77), ets:info(Ets, size), dets:to_ets(Tab, Ets) =:= Ets, dets:from_ets(Tab, Ets)}
    end).

counters_test() ->
    with([], fun(Tab, _) ->
        ok = dets:insert(Tab, {n, 1, 5}),
        {dets:update_counter(Tab, n, 3), dets:update_counter(Tab, n, {3, -10}), dets:lookup(Tab, n), t(fun() -> dets:update_counter(Tab, none, 1) end)}
    end).

many_test() ->
    with([{min_no_slots, 256}, {max_no_slots, 4096}], fun(Tab, File) ->
        ok = dets:insert(Tab, [{{key, N}, lists:duplicate(N rem 40, N)} || N <- lists:seq(1, 3000)]),
        Deleted = [ok = dets:delete(Tab, {key, N}) || N <- lists:seq(1, 3000, 3)],
        ok = dets:close(Tab),
        {ok, Again} = dets:open_file(Tab, [{file, File}]),
        {length(Deleted), dets:info(Again, size), dets:lookup(Again, {key, 2999}) =:= [{{key, 2999}, lists:duplicate(2999 rem 40, 2999)}], dets:lookup(Again, {key, 1}),
         length(lists:usort([Key || {Key, _} <- sorted(Again)]))}
    end).

refusal_test() ->
    [t(Work) || Work <- [
        fun() -> dets:open_file(t, [{file, "/nowhere/at/all"}]) end,
        fun() -> dets:open_file(t, [{type, ordered_set}]) end,
        fun() -> dets:open_file(t, [{file, "/tmp/never.dets"}, {access, read}]) end,
        fun() -> dets:lookup(no_table, a) end,
        fun() -> dets:insert(no_table, {a}) end,
        fun() -> dets:close(no_table) end,
        fun() -> dets:info(no_table) end,
        fun() -> with([{keypos, 2}], fun(Tab, _) -> dets:insert(Tab, {a}) end) end]].
