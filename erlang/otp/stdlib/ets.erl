%% AtomVM's tables can be written and looked into by key, but not gone through. The keeper knows the keys;
%% what only reads by key goes straight to the native table (`eTs` is AtomVM's own `ets`).
-module(ets).
-export([new/2, delete/1, delete/2, delete_object/2, delete_all_objects/1, insert/2, insert_new/2, lookup/2,
         lookup_element/3, lookup_element/4, member/2, take/2, update_counter/3, update_counter/4, update_element/3,
         update_element/4, first/1, last/1, next/2, prev/2, first_lookup/1, last_lookup/1, next_lookup/2, prev_lookup/2,
         info/1, info/2, whereis/1, all/0, rename/2, setopts/2, give_away/3, safe_fixtable/2, slot/2, tab2list/1,
         foldl/3, foldr/3, is_compiled_ms/1, match_spec_compile/1, match_spec_run/2, match_spec_run_r/3, test_ms/2,
         select/1, select/2, select/3, select_reverse/1, select_reverse/2, select_reverse/3, select_count/2,
         select_delete/2, select_replace/2, match/1, match/2, match/3, match_object/1, match_object/2, match_object/3,
         match_delete/2, internal_delete_all/2, internal_select_delete/2, internal_request_all/0]).

new(Name, Options) -> ets_keeper:call(none, {new, Name, Options}).
delete(Tab) -> ets_keeper:call(Tab, delete).
delete(Tab, Key) -> ets_keeper:call(Tab, {delete_key, Key}).
delete_object(Tab, Object) -> ets_keeper:call(Tab, {delete_object, Object}).
delete_all_objects(Tab) -> _ = ets_keeper:call(Tab, delete_all), true.
internal_delete_all(Tab, _) -> ets_keeper:call(Tab, delete_all).

insert(Tab, Objects) when is_list(Objects) -> ets_keeper:call(Tab, {insert, Objects});
insert(Tab, Object) -> ets_keeper:call(Tab, {insert, [Object]}).

insert_new(Tab, Objects) when is_list(Objects) -> ets_keeper:call(Tab, {insert_new, Objects});
insert_new(Tab, Object) -> ets_keeper:call(Tab, {insert_new, [Object]}).

lookup(Tab, Key) ->
    Tid = ets_keeper:tid(Tab),
    case eTs:lookup(Tid, Key) of
        [] when is_number(Key) -> lookup_equal(Tid, Key);
        Objects -> Objects
    end.

%% An ordered_set takes 1 and 1.0 for the same key; the native table does not.
lookup_equal(Tid, Key) ->
    case own_key(Tid, Key) of
        Key -> [];
        Own -> eTs:lookup(Tid, Own)
    end.

own_key(Tid, Key) when is_number(Key) ->
    case eTs:lookup(ets_names, Tid) of
        [{_, ordered_set, _}] ->
            case ets_keeper:call(Tid, {find, Key}) of
                {found, Own} -> Own;
                none -> Key
            end;
        _ ->
            Key
    end;
own_key(_, Key) ->
    Key.

member(Tab, Key) ->
    Tid = ets_keeper:tid(Tab),
    eTs:member(Tid, Key) orelse (is_number(Key) andalso lookup_equal(Tid, Key) =/= []).

lookup_element(Tab, Key, Place) ->
    case lookup(Tab, Key) of
        [] -> error(badarg, [Tab, Key, Place]);
        Objects -> elements(Tab, Place, Objects)
    end.

lookup_element(Tab, Key, Place, Default) ->
    case lookup(Tab, Key) of
        [] -> Default;
        Objects -> elements(Tab, Place, Objects)
    end.

elements(Tab, Place, Objects) ->
    case eTs:lookup(ets_names, ets_keeper:tid(Tab)) of
        [{_, Type, _}] when Type =:= bag; Type =:= duplicate_bag -> [element(Place, Object) || Object <- Objects];
        _ -> element(Place, hd(Objects))
    end.

take(Tab, Key) -> ets_keeper:call(Tab, {take, Key}).

%% A counter that is there changes in the native table itself, at once for all processes.
update_counter(Tab, Key, Operation) ->
    Tid = ets_keeper:tid(Tab),
    eTs:update_counter(Tid, own_key(Tid, Key), Operation).

update_counter(Tab, Key, Operation, Default) ->
    ets_keeper:call(Tab, {update_counter, Key, Operation, Default}).

update_element(Tab, Key, Operation) ->
    case member(Tab, Key) of
        true -> ets_keeper:call(Tab, {update_element, Key, Operation, {}});
        false -> false
    end.

update_element(Tab, Key, Operation, Default) ->
    ets_keeper:call(Tab, {update_element, Key, Operation, Default}).

first(Tab) -> ets_keeper:call(Tab, first).
last(Tab) -> ets_keeper:call(Tab, last).
next(Tab, Key) -> ets_keeper:call(Tab, {next, Key}).
prev(Tab, Key) -> ets_keeper:call(Tab, {prev, Key}).

first_lookup(Tab) -> with_objects(Tab, first(Tab)).
last_lookup(Tab) -> with_objects(Tab, last(Tab)).
next_lookup(Tab, Key) -> with_objects(Tab, next(Tab, Key)).
prev_lookup(Tab, Key) -> with_objects(Tab, prev(Tab, Key)).

with_objects(_Tab, '$end_of_table') -> '$end_of_table';
with_objects(Tab, Key) -> {Key, lookup(Tab, Key)}.

info(Tab) ->
    try ets_keeper:call(Tab, info) catch error:_ -> undefined end.

info(Tab, Item) ->
    case info(Tab) of
        undefined -> undefined;
        Info ->
            case {lists:keyfind(Item, 1, Info), Item} of
                {{_, Value}, _} -> Value;
                {false, safe_fixed} -> false;
                {false, safe_fixed_monotonic_time} -> false;
                {false, fixed} -> false;
                {false, binary} -> [];
                {false, stats} -> false;
                {false, _} -> error(badarg, [Tab, Item])
            end
    end.

whereis(Name) when is_atom(Name) ->
    case eTs:lookup(ets_keeper:store(ets_names), Name) of
        [{_, Tid}] -> Tid;
        [] -> undefined
    end;
whereis(Tid) when is_reference(Tid) ->
    case info(Tid) of
        undefined -> undefined;
        _ -> Tid
    end.

all() -> ets_keeper:call(none, all).
internal_request_all() -> error(undef).
rename(Tab, Name) -> ets_keeper:call(Tab, {rename, Name}).
setopts(Tab, Options) when is_list(Options) -> ets_keeper:call(Tab, {setopts, Options});
setopts(Tab, Option) -> setopts(Tab, [Option]).
give_away(Tab, Pid, Data) -> ets_keeper:call(Tab, {give_away, Pid, Data}).

%% Going through a table works on the keys as they were at its start, so nothing has to be held still.
safe_fixtable(Tab, _Fix) ->
    _ = ets_keeper:tid(Tab),
    true.

slot(Tab, Number) ->
    Keys = ets_keeper:call(Tab, keys),
    case Number < length(Keys) of
        true -> lookup(Tab, lists:nth(Number + 1, Keys));
        false when Number =:= length(Keys) -> '$end_of_table';
        false -> error(badarg, [Tab, Number])
    end.

tab2list(Tab) ->
    Tid = ets_keeper:tid(Tab),
    [Object || Key <- ets_keeper:call(Tab, keys), Object <- eTs:lookup(Tid, Key)].

foldl(Fun, Acc, Tab) -> lists:foldl(Fun, Acc, tab2list(Tab)).
foldr(Fun, Acc, Tab) -> lists:foldr(Fun, Acc, tab2list(Tab)).

%% A compiled specification is the checked specification.
match_spec_compile(Spec) ->
    case ets_match:is_valid(Spec) of
        true -> {ets_match, Spec};
        false -> error(badarg, [Spec])
    end.

is_compiled_ms({ets_match, _}) -> true;
is_compiled_ms(_) -> false.

match_spec_run(Objects, Compiled) -> lists:reverse(match_spec_run_r(Objects, Compiled, [])).

match_spec_run_r([Object | Objects], {ets_match, Spec} = Compiled, Found) ->
    case ets_match:run(Object, Spec) of
        {value, Value} -> match_spec_run_r(Objects, Compiled, [Value | Found]);
        none -> match_spec_run_r(Objects, Compiled, Found)
    end;
match_spec_run_r([], _, Found) ->
    Found.

test_ms(Object, Spec) ->
    case ets_match:test(Object, Spec) of
        {ok, Value, _, _} -> {ok, Value};
        {error, _} = Error -> Error
    end.

%% The objects that a specification can match at all: those of one key, if it names one.
candidates(Tab, Spec) ->
    ets_match:is_valid(Spec) orelse error(badarg, [Tab, Spec]),
    Tid = ets_keeper:tid(Tab),
    case eTs:lookup(ets_names, Tid) of
        [{_, _, KeyPos}] ->
            case ets_match:bound_key(Spec, KeyPos) of
                {key, Key} -> lookup(Tab, Key);
                any -> tab2list(Tab)
            end;
        [] ->
            error(badarg, [Tab, Spec])
    end.

select(Tab, Spec) -> match_spec_run(candidates(Tab, Spec), {ets_match, Spec}).
select_reverse(Tab, Spec) -> match_spec_run_r(candidates(Tab, Spec), {ets_match, Spec}, []).

select(Tab, Spec, Limit) -> chunk(select(Tab, Spec), Limit).
select_reverse(Tab, Spec, Limit) -> chunk(select_reverse(Tab, Spec), Limit).

%% A continuation holds the rest of the answer.
chunk([], _) -> '$end_of_table';
chunk(Results, Limit) when is_integer(Limit), Limit > 0 ->
    case length(Results) =< Limit of
        true -> {Results, {ets, Limit, []}};
        false ->
            {Chunk, Rest} = lists:split(Limit, Results),
            {Chunk, {ets, Limit, Rest}}
    end;
chunk(_, Limit) ->
    error(badarg, [Limit]).

select('$end_of_table') -> '$end_of_table';
select({ets, Limit, Rest}) -> chunk(Rest, Limit);
select(Other) -> error(badarg, [Other]).
select_reverse(Continuation) -> select(Continuation).

select_count(Tab, Spec) -> length([true || true <- select(Tab, Spec)]).

select_delete(Tab, Spec) ->
    Doomed = [Object || Object <- candidates(Tab, Spec), ets_match:run(Object, Spec) =:= {value, true}],
    ets_keeper:call(Tab, {delete_objects, Doomed}).
internal_select_delete(Tab, Spec) -> select_delete(Tab, Spec).

select_replace(Tab, Spec) ->
    Pairs = [{Object, New} || Object <- candidates(Tab, Spec), {value, New} <- [ets_match:run(Object, Spec)]],
    ets_keeper:call(Tab, {replace, Pairs}).

match(Tab, Pattern) -> select(Tab, [{Pattern, [], ['$$']}]).
match(Tab, Pattern, Limit) -> select(Tab, [{Pattern, [], ['$$']}], Limit).
match(Continuation) -> select(Continuation).
match_object(Tab, Pattern) -> select(Tab, [{Pattern, [], ['$_']}]).
match_object(Tab, Pattern, Limit) -> select(Tab, [{Pattern, [], ['$_']}], Limit).
match_object(Continuation) -> select(Continuation).
match_delete(Tab, Pattern) -> _ = select_delete(Tab, [{Pattern, [], [true]}]), true.
