%% What the keeper does to the objects of a table: everything where it has the keys, and otherwise what takes more than
%% one step of AtomVM's own.
-module(ets_change).
-export([change/3]).

-include("ets_table.hrl").

%% What the request gives, and the keys after it.
change({order, Where}, #table{kind = ordered} = Table, Known) -> ets_order:ask(Table, Where, Known);
change(keys, _, Index) -> {ets_index:keys(Index), Index};
change(objects, Table, Index) -> {ets_index:objects({Table, Index}), Index};
change({objects, Key}, Table, Index) -> {objects(Key, Table, Index), Index};
change(Which, _, Index) when Which =:= first; Which =:= last -> {ets_index:end_of(Which, Index), Index};
change({Which, Key}, Table, Index) when Which =:= next; Which =:= prev ->
    {ets_index:beside(Which, Key, Table, Index), Index};
change({insert, Objects}, #table{keypos = KeyPos} = Table, Index) ->
    lists:all(fun(Object) -> is_tuple(Object) andalso tuple_size(Object) >= KeyPos end, Objects) orelse error(none),
    {true, lists:foldl(fun(Object, Next) -> insert(Object, Table, Next) end, Index, Objects)};
change({insert_new, Objects}, #table{keypos = KeyPos} = Table, Index) ->
    IsThere = fun(Object) -> ets_index:is_known(element(KeyPos, Object), Table, Index) end,
    case lists:member(true, lists:map(IsThere, Objects)) of
        true -> {false, Index};
        false -> change({insert, Objects}, Table, Index)
    end;
change({default, Object}, #table{kind = walked, native = Native}, Index) ->
    {eTs:insert_new(Native, Object), Index};
change({default, Object}, #table{kind = ordered} = Table, Index) ->
    {ets_order:insert_new(Table, Object), Index};
change({default, Object}, Table, Index) ->
    change({insert_new, [Object]}, Table, Index);
change({delete_key, Key}, Table, Index) -> {true, delete_key(Key, Table, Index)};
change({take, Key}, Table, Index) -> {objects(Key, Table, Index), delete_key(Key, Table, Index)};
change({delete_object, Object}, Table, Index) -> {true, delete_object(Object, Table, Index)};
change({delete_objects, Objects}, Table, Index) ->
    Left = lists:foldl(fun(Object, Next) -> delete_object(Object, Table, Next) end, Index, Objects),
    {ets_index:size(Index) - ets_index:size(Left), Left};
change({replace, Pairs}, Table, Index) ->
    lists:foldl(fun(Pair, {Count, Next}) ->
        case replace(Pair, Table, Next) of
            none -> {Count, Next};
            Replaced -> {Count + 1, Replaced}
        end
    end, {0, Index}, Pairs);
change({update_counter, Key, Operation}, #table{keypos = KeyPos} = Table, Index) ->
    {Counts, After} = ets_update:counted(only(Key, Table, Index), KeyPos, Operation),
    {Counts, insert(After, Table, Index)};
change({went_round, Key, Place, By, Count}, Table, Index) ->
    Object = only(Key, Table, Index),
    {Count + By, insert(setelement(Place, Object, element(Place, Object) + By), Table, Index)};
change({update_element, Key, Operation}, #table{type = Type, keypos = KeyPos} = Table, Index) ->
    is_single(Type) orelse error(none),
    case objects(Key, Table, Index) of
        [Object] -> {true, insert(ets_update:replaced(Object, KeyPos, Operation), Table, Index)};
        [] -> {false, Index}
    end.

%% One object by another, if it is still there. Of several that are the same, the others stay.
replace({Old, New}, #table{keypos = KeyPos, type = Type} = Table, Index) ->
    IsSingle = is_single(Type),
    case [Object || Object <- objects(element(KeyPos, Old), Table, Index), Object =:= Old] of
        [] -> none;
        [_] when IsSingle -> insert(New, Table, Index);
        [_ | Others] ->
            Kept = lists:foldl(fun(Object, Next) -> insert(Object, Table, Next) end, delete_object(Old, Table, Index), Others),
            insert(New, Table, Kept)
    end.

only(Key, #table{type = Type} = Table, Index) ->
    is_single(Type) orelse error(table_type),
    case objects(Key, Table, Index) of
        [Object] -> Object;
        [] -> error(badkey)
    end.

is_single(Type) -> Type =:= set orelse Type =:= ordered_set.

objects(Key, #table{kind = kept} = Table, Index) ->
    ets_index:objects(Key, Table, Index);
objects(Key, #table{kind = ordered} = Table, _) ->
    ets_order:objects(Table, Key);
objects(Key, #table{native = Native, keypos = KeyPos}, _) ->
    ets_walk:objects(Native, KeyPos, Key).

insert(Object, #table{kind = kept} = Table, Index) -> ets_index:insert(Object, Table, Index);
insert(Object, #table{kind = ordered} = Table, Index) -> true = ets_order:insert(Table, Object), Index;
insert(Object, #table{native = Native}, Index) -> true = eTs:insert(Native, Object), Index.

delete_key(Key, #table{kind = kept} = Table, Index) -> ets_index:delete_key(Key, Table, Index);
delete_key(Key, #table{kind = ordered} = Table, Index) -> true = ets_order:delete(Table, Key), Index;
delete_key(Key, #table{native = Native}, Index) -> true = eTs:delete(Native, Key), Index.

delete_object(Object, #table{kind = kept} = Table, Index) -> ets_index:delete_object(Object, Table, Index);
delete_object(Object, #table{kind = ordered} = Table, Index) -> true = ets_order:delete_object(Table, Object), Index;
delete_object(Object, #table{native = Native}, Index) -> true = eTs:delete_object(Native, Object), Index.
