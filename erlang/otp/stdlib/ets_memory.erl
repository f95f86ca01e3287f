%% How many words a table takes, counted when somebody asks: its chains, its objects as the VM keeps them, and what else
%% is known of its order. Binaries that several share lie elsewhere, and are not counted, as in OTP.
-module(ets_memory).
-export([words/1, words/2]).

-include("ets_table.hrl").

%% Words of an empty table: its kind, the place of its key, and its chains.
-define(EMPTY, 2 + 1024).
%% For each object its entry, its heap and that heap's only fragment; for each key a link of its chain.
-define(OBJECT, 3 + 4 + 2).
-define(KEY, 2).

%% So many objects are copied at once; of more, one chain after the other.
-define(AT_ONCE, 4096).

%% Of a table that can be gone through.
words(#table{native = Native} = Table) ->
    ?EMPTY + case ets_walk:size(Native) of
        Size when Size =< ?AT_ONCE -> objects(Table, ets_walk:all(Native));
        _ -> chains(Table, 0, 0)
    end.

%% Of one whose keys are in an index.
words(Table, Index) -> ?EMPTY + objects(Table, ets_index:objects({Table, Index})) + erts_debug:flat_size(Index).

chains(#table{native = Native} = Table, Number, Words) ->
    case ets_walk:slot(Native, Number) of
        '$end_of_table' -> Words;
        Objects -> chains(Table, Number + 1, Words + objects(Table, Objects))
    end.

%% Each is in a cell of the list, which is none of the table's.
objects(Table, Objects) ->
    Count = length(Objects),
    eRts_debug:flat_size(Objects) - 2 * Count + ?OBJECT * Count + ?KEY * keys(Table, Count, Objects).

%% Objects of one key stand side by side.
keys(#table{type = Type, keypos = KeyPos}, _, [Object | Objects]) when Type =:= bag; Type =:= duplicate_bag ->
    others(KeyPos, element(KeyPos, Object), Objects, 1);
keys(_, Count, _) ->
    Count.

others(KeyPos, Key, [Object | Objects], Count) ->
    case element(KeyPos, Object) of
        Key -> others(KeyPos, Key, Objects, Count);
        Other -> others(KeyPos, Other, Objects, Count + 1)
    end;
others(_, _, [], Count) ->
    Count.
