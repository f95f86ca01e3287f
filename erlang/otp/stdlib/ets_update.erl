%% Changes of parts of an object. AtomVM's own counters hold integers of 28 bits and go round beyond them: what comes
%% near is counted by the keeper, one change after the other.
-module(ets_update).
-export([counter/3, element/3, with_default/4, counted/3, replaced/3]).

-include("ets_table.hrl").

%% Counters beyond are no small integers of AtomVM's; an increment this small tells where one went round.
-define(TOP, (1 bsl 27)).
-define(SMALL(N), is_integer(N), N < (1 bsl 26), N > -(1 bsl 26)).

counter(#table{kind = walked, keypos = KeyPos} = Table, Key, Increment) when ?SMALL(Increment) ->
    count(Table, Key, KeyPos + 1, Increment);
counter(#table{kind = walked, keypos = KeyPos} = Table, Key, {Place, Increment})
        when ?SMALL(Increment), is_integer(Place), Place > 0, Place =/= KeyPos ->
    count(Table, Key, Place, Increment);
counter(Table, Key, Operation) ->
    ets_keeper:change(Table, {update_counter, Key, Operation}).

count(#table{native = Native} = Table, Key, Place, Increment) ->
    Counted = ets_walk:is_plain(Key) andalso
        try eTs:update_counter(Native, Key, {Place, Increment}) catch error:_ -> false end,
    case Counted of
        false -> ets_keeper:change(Table, {update_counter, Key, {Place, Increment}});
        Count when Count - Increment >= ?TOP -> ets_keeper:change(Table, {went_round, Key, Place, -2 * ?TOP, Count});
        Count when Count - Increment < -?TOP -> ets_keeper:change(Table, {went_round, Key, Place, 2 * ?TOP, Count});
        Count -> Count
    end.

element(#table{kind = walked, native = Native, keypos = KeyPos} = Table, Key, {Place, _} = Operation)
        when is_integer(Place), Place > 0, Place =/= KeyPos ->
    IsThere = ets_walk:is_plain(Key) andalso eTs:member(Native, Key),
    try IsThere andalso eTs:update_element(Native, Key, Operation) of
        true -> true;
        false -> ets_keeper:change(Table, {update_element, Key, Operation})
    catch
        error:_ -> ets_keeper:change(Table, {update_element, Key, Operation})
    end;
element(Table, Key, Operation) ->
    ets_keeper:change(Table, {update_element, Key, Operation}).

%% An object for a key that has none goes again when it cannot be changed as asked.
with_default(#table{keypos = KeyPos} = Table, Key, Default, Change)
        when is_tuple(Default), tuple_size(Default) >= KeyPos ->
    IsNew = ets_keeper:change(Table, {default, setelement(KeyPos, Default, Key)}),
    try Change(Table)
    catch error:Why ->
        _ = IsNew andalso ets_keeper:change(Table, {delete_key, Key}),
        error(Why)
    end;
with_default(_, _, _, _) ->
    error(none).

%% The object with its counters changed, and what they are now.
counted(Object, KeyPos, Operations) when is_list(Operations) ->
    lists:foldl(fun(Operation, {Counts, Before}) ->
        {Count, After} = counted(Before, KeyPos, Operation),
        {Counts ++ [Count], After}
    end, {[], Object}, Operations);
counted(Object, KeyPos, Increment) when is_integer(Increment) ->
    counted(Object, KeyPos, {KeyPos + 1, Increment});
counted(Object, KeyPos, {Place, Increment}) ->
    Step = whole(Increment),
    set(Object, Place, counter_of(Object, KeyPos, Place) + Step);
counted(Object, KeyPos, {Place, Increment, Threshold, Start}) ->
    Step = whole(Increment),
    Count = counter_of(Object, KeyPos, Place) + Step,
    IsBeyond = (Step >= 0 andalso Count > whole(Threshold)) orelse (Step < 0 andalso Count < whole(Threshold)),
    set(Object, Place, case IsBeyond of true -> whole(Start); false -> Count end).

set(Object, Place, Count) -> {Count, setelement(Place, Object, Count)}.

%% The operation's own mistakes are told first, then the key's place, one that the object has not, and what is there.
counter_of(_, KeyPos, KeyPos) -> error(keypos);
counter_of(Object, _, Place) when is_integer(Place), Place > 0, Place =< tuple_size(Object) -> whole(element(Place, Object));
counter_of(_, _, _) -> error(position).

whole(Number) when is_integer(Number) -> Number;
whole(_) -> error(none).

%% The object with elements replaced.
replaced(Object, KeyPos, Operations) when is_list(Operations) ->
    lists:foldl(fun(Operation, Before) -> replaced(Before, KeyPos, Operation) end, Object, Operations);
replaced(_, KeyPos, {KeyPos, _}) -> error(keypos);
replaced(Object, _, {Place, Value}) when is_integer(Place), Place > 0, Place =< tuple_size(Object) ->
    setelement(Place, Object, Value);
replaced(_, _, {_, _}) -> error(position);
replaced(_, _, _) -> error(none).
