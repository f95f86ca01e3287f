%% AtomVM's tables hold objects by key, shared by all processes (`eTs` is AtomVM's own `ets`). The VM that is made lean
%% can also go through them (see ets_walk), so that they are changed and read here, in the calling process; an
%% ordered_set has rows of its own (see ets_order). Of a VM that cannot, the keeper does every change.
-module(ets).
-export([new/2, delete/1, delete/2, delete_object/2, delete_all_objects/1, insert/2, insert_new/2, lookup/2,
         lookup_element/3, lookup_element/4, member/2, take/2, update_counter/3, update_counter/4, update_element/3,
         update_element/4, first/1, last/1, next/2, prev/2, first_lookup/1, last_lookup/1, next_lookup/2, prev_lookup/2,
         info/1, info/2, whereis/1, all/0, rename/2, setopts/2, give_away/3, safe_fixtable/2, slot/2, tab2list/1,
         foldl/3, foldr/3, is_compiled_ms/1, match_spec_compile/1, match_spec_run/2, match_spec_run_r/3, test_ms/2,
         select/1, select/2, select/3, select_reverse/1, select_reverse/2, select_reverse/3, select_count/2,
         select_delete/2, select_replace/2, match/1, match/2, match/3, match_object/1, match_object/2, match_object/3,
         match_delete/2, repair_continuation/2, internal_delete_all/2, internal_select_delete/2,
         internal_request_all/0]).

-include("ets_table.hrl").

%% A refusal inside is an error of its cause, as erl_stdlib_errors names them; others mean a bad argument.
-define(TRY(Work, Arguments),
        try Work
        catch error:Why ->
            error(ets_keeper:reason(Why), Arguments,
                  [{error_info, #{module => erl_stdlib_errors, cause => ets_keeper:cause(Why)}}])
        end).

new(Name, Options) -> ?TRY(ets_keeper:call(none, {new, Name, Options}), [Name, Options]).
delete(Tab) -> ?TRY(ets_keeper:change(writable(Tab), delete), [Tab]).
delete_all_objects(Tab) -> ?TRY(begin _ = ets_keeper:change(writable(Tab), delete_all), true end, [Tab]).
internal_delete_all(Tab, _) -> ?TRY(ets_keeper:change(writable(Tab), delete_all), [Tab, undefined]).

delete(Tab, Key) ->
    ?TRY(case writable(Tab) of
             #table{kind = walked, native = Native} -> eTs:delete(Native, Key);
             #table{kind = ordered} = Table -> ets_order:delete(Table, Key);
             Table -> ets_keeper:change(Table, {delete_key, Key})
         end, [Tab, Key]).

delete_object(Tab, Object) ->
    ?TRY(case writable(Tab) of
             Table when not is_tuple(Object) -> error(none, [Table]);
             #table{keypos = KeyPos} when tuple_size(Object) < KeyPos -> true;
             #table{kind = walked, native = Native} -> eTs:delete_object(Native, Object);
             #table{kind = ordered} = Table -> ets_order:delete_object(Table, Object);
             Table -> ets_keeper:change(Table, {delete_object, Object})
         end, [Tab, Object]).

insert(Tab, Objects) ->
    ?TRY(case writable(Tab) of
             #table{kind = walked, native = Native} -> eTs:insert(Native, Objects);
             #table{kind = ordered} = Table -> ets_order:insert(Table, Objects);
             Table -> ets_keeper:change(Table, {insert, listed(Objects)})
         end, [Tab, Objects]).

insert_new(Tab, Objects) ->
    ?TRY(case writable(Tab) of
             #table{kind = walked, native = Native} -> eTs:insert_new(Native, Objects);
             #table{kind = ordered} = Table -> ets_order:insert_new(Table, Objects);
             Table -> ets_keeper:change(Table, {insert_new, listed(Objects)})
         end, [Tab, Objects]).

listed(Objects) when is_list(Objects) -> Objects;
listed(Object) -> [Object].

lookup(Tab, Key) -> ?TRY(objects(readable(Tab), Key), [Tab, Key]).

member(Tab, Key) ->
    ?TRY(case readable(Tab) of
             #table{kind = walked, native = Native} -> eTs:member(Native, Key);
             #table{kind = ordered} = Table -> ets_order:member(Table, Key);
             Table -> objects(Table, Key) =/= []
         end, [Tab, Key]).

lookup_element(Tab, Key, Place) ->
    ?TRY(begin
             Table = readable(Tab),
             true = is_place(Place),
             case objects(Table, Key) of
                 [] -> error(badkey);
                 Objects -> elements(Table, Place, Objects)
             end
         end, [Tab, Key, Place]).

lookup_element(Tab, Key, Place, Default) ->
    ?TRY(begin
             Table = readable(Tab),
             true = is_place(Place),
             case objects(Table, Key) of
                 [] -> Default;
                 Objects -> elements(Table, Place, Objects)
             end
         end, [Tab, Key, Place, Default]).

is_place(Place) -> is_integer(Place) andalso Place > 0.

elements(#table{type = Type}, Place, Objects) when Type =:= bag; Type =:= duplicate_bag ->
    [element(Place, Object) || Object <- Objects];
elements(_, Place, [Object]) ->
    element(Place, Object).

take(Tab, Key) ->
    ?TRY(case writable(Tab) of
             #table{kind = walked, native = Native} = Table ->
                 case ets_walk:is_plain(Key) of
                     true -> eTs:take(Native, Key);
                     false -> Objects = objects(Table, Key), true = eTs:delete(Native, Key), Objects
                 end;
             #table{kind = ordered} = Table ->
                 ets_order:take(Table, Key);
             Table ->
                 ets_keeper:change(Table, {take, Key})
         end, [Tab, Key]).

update_counter(Tab, Key, Operation) -> ?TRY(ets_update:counter(writable(Tab), Key, Operation), [Tab, Key, Operation]).

update_counter(Tab, Key, Operation, Default) ->
    ?TRY(ets_update:with_default(writable(Tab), Key, Default, fun(Table) ->
             ets_update:counter(Table, Key, Operation)
         end), [Tab, Key, Operation, Default]).

update_element(Tab, Key, Operation) ->
    ?TRY(ets_update:element(writable(Tab), Key, Operation), [Tab, Key, Operation]).

update_element(Tab, Key, Operation, Default) ->
    ?TRY(ets_update:with_default(writable(Tab), Key, Default, fun(Table) ->
             ets_update:element(Table, Key, Operation)
         end), [Tab, Key, Operation, Default]).

first(Tab) -> ?TRY(beside(readable(Tab), first), [Tab]).
last(Tab) -> ?TRY(beside(readable(Tab), last), [Tab]).
next(Tab, Key) -> ?TRY(beside(readable(Tab), {next, Key}), [Tab, Key]).
prev(Tab, Key) -> ?TRY(beside(readable(Tab), {prev, Key}), [Tab, Key]).
first_lookup(Tab) -> ?TRY(with_objects(readable(Tab), first), [Tab]).
last_lookup(Tab) -> ?TRY(with_objects(readable(Tab), last), [Tab]).
next_lookup(Tab, Key) -> ?TRY(with_objects(readable(Tab), {next, Key}), [Tab, Key]).
prev_lookup(Tab, Key) -> ?TRY(with_objects(readable(Tab), {prev, Key}), [Tab, Key]).

%% What ends a table is no key of it.
beside(_, {_, '$end_of_table'}) ->
    error(none);
beside(#table{kind = walked, native = Native, keypos = KeyPos, fixes = Fixes}, Where) ->
    case Where of
        {_, Key} ->
            Fixes > 0 orelse eTs:member(Native, Key) orelse error(none),
            ets_walk:next(Native, KeyPos, Key);
        _ ->
            ets_walk:first(Native, KeyPos)
    end;
beside(#table{kind = ordered} = Table, Where) ->
    ets_order:beside(Table, Where);
beside(Table, Where) ->
    ets_keeper:change(Table, Where).

with_objects(Table, Where) ->
    case beside(Table, Where) of
        '$end_of_table' -> '$end_of_table';
        Key -> {Key, objects(Table, Key)}
    end.

info(Tab) ->
    ?TRY(case known(Tab) of
             undefined -> undefined;
             Table -> [{Item, info_value(Table, Item)} || Item <- [id, decentralized_counters, read_concurrency,
                       write_concurrency, compressed, memory, owner, heir, name, size, node, named_table, type, keypos,
                       protection]]
         end, [Tab]).

info(Tab, Item) ->
    ?TRY(case known(Tab) of
             undefined -> undefined;
             Table -> info_value(Table, Item)
         end, [Tab, Item]).

known(Tab) ->
    try table(Tab) catch error:id -> undefined end.

info_value(#table{tid = Tid}, id) -> Tid;
info_value(#table{owner = Owner}, owner) -> Owner;
info_value(#table{name = Name}, name) -> Name;
info_value(#table{type = Type}, type) -> Type;
info_value(#table{keypos = KeyPos}, keypos) -> KeyPos;
info_value(#table{protection = Protection}, protection) -> Protection;
info_value(#table{tab = Tab, name = Name}, named_table) -> Tab =:= Name;
info_value(_, node) -> node();
info_value(#table{kind = Kind, native = Native}, size) when Kind =/= kept -> ets_walk:size(Native);
info_value(#table{kind = walked} = Table, memory) -> ets_memory:words(Table);
info_value(#table{kind = ordered} = Table, memory) -> ets_memory:words(Table) + ets_keeper:change(Table, {info, memory});
info_value(#table{kind = walked, native = Native}, stats) -> ets_walk:stats(Native);
info_value(#table{fixes = Fixes}, fixed) -> Fixes > 0;
info_value(Table, binary) -> ets_binaries:told(fun() -> everything(Table) end);
info_value(Table, Item) -> ets_keeper:change(Table, {info, Item}).

whereis(Name) when is_atom(Name) ->
    try (table(Name))#table.tid catch error:_ -> undefined end;
whereis(Name) ->
    error(badarg, [Name], [{error_info, #{module => erl_stdlib_errors}}]).

all() -> ets_keeper:call(none, all).
internal_request_all() -> error(undef).
rename(Tab, Name) -> ?TRY(ets_keeper:change(writable(Tab), {rename, Name}), [Tab, Name]).
setopts(Tab, Options) -> ?TRY(ets_keeper:change(writable(Tab), {setopts, listed(Options)}), [Tab, Options]).
give_away(Tab, Pid, Data) -> ?TRY(ets_keeper:change(writable(Tab), {give_away, Pid, Data}), [Tab, Pid, Data]).
safe_fixtable(Tab, Fix) -> ?TRY(ets_keeper:change(readable(Tab), {fix, Fix}), [Tab, Fix]).

slot(Tab, Number) ->
    ?TRY(case readable(Tab) of
             #table{kind = walked, native = Native} -> ets_walk:slot(Native, Number);
             #table{kind = ordered} = Table -> ets_order:slot(Table, Number);
             Table ->
                 Keys = ets_keeper:change(Table, keys),
                 case Number < length(Keys) of
                     true -> objects(Table, lists:nth(Number + 1, Keys));
                     false when Number =:= length(Keys) -> '$end_of_table'
                 end
         end, [Tab, Number]).

tab2list(Tab) -> ?TRY(everything(readable(Tab)), [Tab]).

foldl(Fun, Acc, Tab) -> fold(Fun, Acc, ?TRY(everything(readable(Tab)), [Fun, Acc, Tab])).
foldr(Fun, Acc, Tab) -> fold(Fun, Acc, lists:reverse(?TRY(everything(readable(Tab)), [Fun, Acc, Tab]))).

%% Of an empty table nothing is asked of the fun.
fold(Fun, Acc, [Object | Objects]) -> fold(Fun, Fun(Object, Acc), Objects);
fold(_, Acc, []) -> Acc.

%% A compiled specification is the prepared one.
match_spec_compile(Spec) -> ?TRY({ets_match, ets_match:prepare(Spec)}, [Spec]).

is_compiled_ms({ets_match, _}) -> true;
is_compiled_ms(_) -> false.

match_spec_run(Objects, Compiled) -> lists:reverse(match_spec_run_r(Objects, Compiled, [])).

match_spec_run_r([Object | Objects], {ets_match, Spec} = Compiled, Found) ->
    case ets_match:run(Object, Spec) of
        {value, Value} -> match_spec_run_r(Objects, Compiled, [Value | Found]);
        none -> match_spec_run_r(Objects, Compiled, Found)
    end;
match_spec_run_r([], {ets_match, _}, Found) ->
    Found;
match_spec_run_r(Objects, Compiled, Found) ->
    error(badarg, [Objects, Compiled, Found]).

test_ms(Object, Spec) ->
    case ets_match:test(Object, Spec) of
        {ok, Value, _, _} -> {ok, Value};
        {error, _} = Error -> Error
    end.

select(Tab, Spec) -> ?TRY(selected(readable(Tab), Spec), [Tab, Spec]).
select_reverse(Tab, Spec) ->
    ?TRY(begin Table = readable(Tab), directed(Table, select_reverse, selected(Table, Spec)) end, [Tab, Spec]).
select(Tab, Spec, Limit) -> ?TRY(chunked(readable(Tab), Spec, Limit, select), [Tab, Spec, Limit]).
select_reverse(Tab, Spec, Limit) -> ?TRY(chunked(readable(Tab), Spec, Limit, select_reverse), [Tab, Spec, Limit]).
match(Tab, Pattern) -> ?TRY(selected(readable(Tab), [{Pattern, [], ['$$']}]), [Tab, Pattern]).
match_object(Tab, Pattern) -> ?TRY(selected(readable(Tab), [{Pattern, [], ['$_']}]), [Tab, Pattern]).

match(Tab, Pattern, Limit) ->
    ?TRY(chunked(readable(Tab), [{Pattern, [], ['$$']}], Limit, select), [Tab, Pattern, Limit]).
match_object(Tab, Pattern, Limit) ->
    ?TRY(chunked(readable(Tab), [{Pattern, [], ['$_']}], Limit, select), [Tab, Pattern, Limit]).

select(Continuation) -> ?TRY(continued(Continuation), [Continuation]).
select_reverse(Continuation) -> ?TRY(continued(Continuation), [Continuation]).
match(Continuation) -> ?TRY(continued(Continuation), [Continuation]).
match_object(Continuation) -> ?TRY(continued(Continuation), [Continuation]).

repair_continuation(Continuation, Spec) -> ets_chunk:repaired(Continuation, Spec).

selected(Table, Spec) ->
    Prepared = ets_match:prepare(Spec),
    match_spec_run(candidates(Table, Spec, Prepared), {ets_match, Prepared}).

%% The objects of which the specification says `true`.
told(Table, Spec) ->
    Prepared = ets_match:prepare(Spec),
    Candidates = candidates(Table, Spec, ets_match:only_true(Prepared)),
    [Object || Object <- Candidates, ets_match:run(Object, Prepared) =:= {value, true}].

%% The objects that a specification can match at all: those of one key, if it names one, or those of the shapes.
candidates(#table{keypos = KeyPos} = Table, Spec, Prepared) ->
    case ets_match:bound_key(Spec, KeyPos) of
        {key, Key} -> objects(Table, Key);
        any -> like(Table, ets_match:shapes(Prepared))
    end.

like(#table{kind = walked, native = Native}, {like, Shapes}) -> ets_walk:like(Native, Shapes);
like(#table{kind = ordered} = Table, {like, Shapes}) -> ets_order:like(Table, Shapes);
like(Table, _) -> everything(Table).

chunked(#table{type = Type, tid = Tid} = Table, Spec, Limit, How) ->
    Prepared = ets_match:prepare(Spec),
    ets_chunk:first(Type, Tid, directed(Table, How, candidates(Table, Spec, Prepared)), {ets_match, Prepared}, Limit).

%% Only what has an order can be gone through the other way.
directed(#table{type = ordered_set}, select_reverse, Found) -> lists:reverse(Found);
directed(_, _, Found) -> Found.

continued(Continuation) -> ets_chunk:next(Continuation, fun readable/1).

select_count(Tab, Spec) -> ?TRY(length(told(readable(Tab), Spec)), [Tab, Spec]).

%% What is wrong with a specification is explained of the function that OTP has inside.
select_delete(Tab, Spec) -> internal_select_delete(Tab, Spec).

internal_select_delete(Tab, Spec) ->
    ?TRY(begin
             Table = writable(Tab),
             Doomed = told(Table, Spec),
             case Table of
                 #table{kind = walked, native = Native, keypos = KeyPos, type = Type} ->
                     ets_walk:delete_objects(Native, KeyPos, Type, Doomed);
                 #table{kind = ordered} ->
                     ets_order:delete_objects(Table, Doomed);
                 _ ->
                     ets_keeper:change(Table, {delete_objects, Doomed})
             end
         end, [Tab, Spec]).

%% What is made of an object takes its place: the key stays.
select_replace(Tab, Spec) ->
    ?TRY(begin
             #table{keypos = KeyPos, type = Type} = Table = writable(Tab),
             Type =:= bag andalso error(table_type),
             ets_match:keeps_key(Spec, KeyPos) orelse error(none),
             Prepared = ets_match:prepare(Spec),
             Pairs = [{Object, New} || Object <- candidates(Table, Spec, Prepared),
                                       {value, New} <- [ets_match:run(Object, Prepared)]],
             ets_keeper:change(Table, {replace, Pairs})
         end, [Tab, Spec]).

match_delete(Tab, Pattern) -> _ = select_delete(Tab, [{Pattern, [], [true]}]), true.

%% A table ends before anybody can hear that its owner did; the keeper may hear of it later.
table(Tab) when is_atom(Tab); is_reference(Tab) ->
    case ets_keeper:row(Tab) of
        [#table{owner = Owner} = Table] when Owner =:= self() -> Table;
        [#table{owner = Owner} = Table] ->
            case eRlang:is_process_alive(Owner) of
                true -> Table;
                false -> _ = ets_keeper:call(none, {ended, Owner}), table(Tab)
            end;
        [] -> error(case is_atom(Tab) orelse ets_keeper:is_gone(Tab) of true -> id; false -> type end)
    end;
table(_) ->
    error(type).

readable(Tab) ->
    case table(Tab) of
        #table{protection = private, owner = Owner} when Owner =/= self() -> error(access);
        Table -> Table
    end.

writable(Tab) ->
    case table(Tab) of
        #table{protection = Protection, owner = Owner} when Protection =/= public, Owner =/= self() -> error(access);
        Table -> Table
    end.

objects(#table{kind = walked, native = Native, keypos = KeyPos}, Key) -> ets_walk:objects(Native, KeyPos, Key);
objects(#table{kind = ordered} = Table, Key) ->
    ets_order:objects(Table, Key);
objects(#table{native = Native}, Key) when is_atom(Key); is_binary(Key); is_pid(Key); is_reference(Key) ->
    eTs:lookup(Native, Key);
objects(#table{native = Native} = Table, Key) ->
    case eTs:lookup(Native, Key) of
        [] -> ets_keeper:change(Table, {objects, Key});
        Objects -> Objects
    end.

everything(#table{kind = walked, native = Native}) -> ets_walk:all(Native);
everything(#table{kind = ordered} = Table) -> ets_order:all(Table);
everything(Table) -> ets_keeper:change(Table, objects).
