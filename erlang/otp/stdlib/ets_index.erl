%% The keys of a table in their order, with the number of objects of each, and the table's changes on them: for an
%% ordered_set, which AtomVM does not have, and for any table of a VM that cannot go through its own. Used by the
%% keeper alone, so that table and index agree.
-module(ets_index).
-export([new/0, size/1, keys/1, objects/1, objects/3, end_of/2, beside/4, insert/3, is_known/3, delete_key/3,
         delete_object/3]).

-include("ets_table.hrl").

-record(index, {keys = gb_trees:empty(), size = 0}).

new() -> #index{}.

size(#index{size = Size}) -> Size.

keys(#index{keys = Keys}) -> [Key || {_, {Key, _}} <- gb_trees:to_list(Keys)].

%% All objects in the order of their keys.
objects({#table{native = Native}, Index}) -> [Object || Key <- keys(Index), Object <- eTs:lookup(Native, Key)].

%% Where a key stands in the order. Only ordered_set takes 1 and 1.0 for the same key.
place(Key, #table{type = ordered_set}) -> Key;
place(Key, _) -> {Key, is_float(Key)}.

is_known(Key, Table, #index{keys = Keys}) -> gb_trees:is_defined(place(Key, Table), Keys).

objects(Key, #table{native = Native} = Table, #index{keys = Keys}) ->
    case gb_trees:lookup(place(Key, Table), Keys) of
        {value, {Own, _}} -> eTs:lookup(Native, Own);
        none -> []
    end.

end_of(Which, #index{keys = Keys}) ->
    case gb_trees:is_empty(Keys) of
        true -> '$end_of_table';
        false ->
            {_, {Key, _}} = case Which of
                first -> gb_trees:smallest(Keys);
                last -> gb_trees:largest(Keys)
            end,
            Key
    end.

beside(Which, Key, #table{type = Type, fixes = Fixes} = Table, #index{keys = Keys}) ->
    Place = place(Key, Table),
    Type =:= ordered_set orelse Fixes > 0 orelse gb_trees:is_defined(Place, Keys) orelse error(none),
    Found = case Which of
        prev when Type =:= ordered_set -> gb_trees:smaller(Place, Keys);
        _ -> gb_trees:larger(Place, Keys)
    end,
    case Found of
        {_, {Beside, _}} -> Beside;
        none -> '$end_of_table'
    end.

insert(Object, #table{native = Native, keypos = KeyPos, type = Type} = Table, #index{keys = Keys, size = Size}) ->
    Key = element(KeyPos, Object),
    Place = place(Key, Table),
    case gb_trees:lookup(Place, Keys) of
        none ->
            true = eTs:insert(Native, Object),
            #index{keys = gb_trees:insert(Place, {Key, 1}, Keys), size = Size + 1};
        {value, {Own, _}} when Type =:= set; Type =:= ordered_set ->
            Own =:= Key orelse eTs:delete(Native, Own),
            true = eTs:insert(Native, Object),
            Next = case Own =:= Key of
                true -> Keys;
                false -> gb_trees:update(Place, {Key, 1}, Keys)
            end,
            #index{keys = Next, size = Size};
        {value, {_, Before}} ->
            true = eTs:insert(Native, Object),
            Now = length(eTs:lookup(Native, Key)),
            #index{keys = gb_trees:update(Place, {Key, Now}, Keys), size = Size + Now - Before}
    end.

delete_key(Key, #table{native = Native} = Table, #index{keys = Keys, size = Size} = Index) ->
    case gb_trees:take_any(place(Key, Table), Keys) of
        error ->
            Index;
        {{Own, Count}, Left} ->
            true = eTs:delete(Native, Own),
            #index{keys = Left, size = Size - Count}
    end.

delete_object(Object, #table{keypos = KeyPos} = Table, Index) when is_tuple(Object), tuple_size(Object) >= KeyPos ->
    Key = element(KeyPos, Object),
    Before = objects(Key, Table, Index),
    case [Other || Other <- Before, Other =/= Object] of
        Before -> Index;
        Left -> lists:foldl(fun(Kept, Next) -> insert(Kept, Table, Next) end, delete_key(Key, Table, Index), Left)
    end;
delete_object(_, _, Index) ->
    Index.
