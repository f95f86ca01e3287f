%% AtomVM builds and reads maps but has few of their functions.
-module(maps).
-export([find/2, from_list/1, keys/1, values/1, merge/2, put/3, remove/2, take/2, update/3, get/2, is_key/2, merge_with/3,
         from_keys/2]).

%% So many keys are added one by one.
-define(FEW, 24).

find(Key, Map) ->
    case Map of
        #{Key := Value} -> {ok, Value};
        #{} -> error;
        _ -> error_with_info({badmap, Map}, [Key, Map])
    end.

get(Key, Map) ->
    case Map of
        #{Key := Value} -> Value;
        #{} -> error_with_info({badkey, Key}, [Key, Map]);
        _ -> error_with_info({badmap, Map}, [Key, Map])
    end.

is_key(Key, Map) when is_map(Map) -> is_map_key(Key, Map);
is_key(Key, Map) -> error_with_info({badmap, Map}, [Key, Map]).

%% The native keeps some keys twice that are there twice.
from_keys(Keys, Value) ->
    try from_list([{Key, Value} || Key <- Keys]) catch error:_ -> error_with_info(badarg, [Keys, Value]) end.

%% AtomVM copies the whole map for each key that is added: many are read from the external format at once.
from_list(Pairs) ->
    try length(Pairs) > ?FEW of
        true -> from_many(Pairs);
        false -> from_list(Pairs, #{}, Pairs)
    catch
        error:_ -> error_with_info(badarg, [Pairs])
    end.

from_list([{Key, Value} | Pairs], Map, All) -> from_list(Pairs, Map#{Key => Value}, All);
from_list([], Map, _All) -> Map;
from_list(_, _Map, All) -> error_with_info(badarg, [All]).

%% Of two values for a key the later one counts. The format must name the keys in the machine's own order, and once.
from_many(Pairs) ->
    lists:all(fun(Pair) -> is_tuple(Pair) andalso tuple_size(Pair) =:= 2 end, Pairs) orelse error_with_info(badarg, [Pairs]),
    Sorted = latest(lists:keysort(1, Pairs)),
    Keys = [Key || {Key, _} <- Sorted],
    case lists:all(fun is_sorted_alike/1, Keys) orelse keys(mAps:from_keys(Keys, [])) =:= Keys of
        true -> rebuilt(Sorted);
        false -> from_list(Pairs, #{}, Pairs)
    end.

%% Only floats have another place among keys than among sorted terms. The native that knows each place compares every
%% key with every other.
is_sorted_alike(Key) when is_integer(Key); is_atom(Key); is_binary(Key); is_pid(Key); is_reference(Key); Key =:= [] -> true;
is_sorted_alike([Head | Tail]) -> is_sorted_alike(Head) andalso is_sorted_alike(Tail);
is_sorted_alike(Key) when is_tuple(Key) -> lists:all(fun is_sorted_alike/1, tuple_to_list(Key));
is_sorted_alike(_) -> false.

latest([{Key, _}, {Key, _} = Later | Pairs]) -> latest([Later | Pairs]);
latest([Pair | Pairs]) -> [Pair | latest(Pairs)];
latest([]) -> [].

%% A map of pairs in the order of their keys, which differ. In the external format it holds what a list of keys and
%% values holds; the list ends in an atom, lest it were written as a string.
rebuilt(Pairs) when length(Pairs) =< ?FEW ->
    from_list(Pairs, #{}, Pairs);
rebuilt(Pairs) ->
    Terms = lists:foldr(fun({Key, Value}, Rest) -> [Key, Value | Rest] end, end_of_list, Pairs),
    End = byte_size(term_to_binary(end_of_list)) - 1,
    <<131, 108, _:32, Written/binary>> = term_to_binary(Terms),
    Body = binary:part(Written, 0, byte_size(Written) - End),
    binary_to_term(<<131, 116, (length(Pairs)):32, Body/binary>>).

keys(Map) when is_map(Map) -> [Key || {Key, _} <- erts_internal:map_next(0, Map, [])];
keys(Map) -> error_with_info({badmap, Map}, [Map]).

values(Map) when is_map(Map) -> [Value || {_, Value} <- erts_internal:map_next(0, Map, [])];
values(Map) -> error_with_info({badmap, Map}, [Map]).

merge(A, B) when is_map(A), is_map(B), map_size(B) =< ?FEW ->
    lists:foldl(fun({Key, Value}, Map) -> Map#{Key => Value} end, A, pairs(B));
merge(A, B) when is_map(A), is_map(B) ->
    from_list([Pair || {Key, _} = Pair <- pairs(A), not is_map_key(Key, B)] ++ pairs(B));
merge(A, B) when is_map(A) -> error_with_info({badmap, B}, [A, B]);
merge(A, B) -> error_with_info({badmap, A}, [A, B]).

pairs(Map) -> erts_internal:map_next(0, Map, []).

merge_with(Combiner, A, B) when is_map(A), is_map(B), is_function(Combiner, 3) ->
    Both = [case A of
                #{Key := Own} -> {Key, Combiner(Key, Own, Value)};
                #{} -> {Key, Value}
            end || {Key, Value} <- pairs(B)],
    from_list([Pair || {Key, _} = Pair <- pairs(A), not is_map_key(Key, B)] ++ Both);
merge_with(Combiner, A, B) ->
    error_with_info(error_type_merge_intersect(A, B, Combiner), [Combiner, A, B]).

put(Key, Value, Map) when is_map(Map) -> Map#{Key => Value};
put(Key, Value, Map) -> error_with_info({badmap, Map}, [Key, Value, Map]).

%% The native of the lean VM makes a map of a map and a key, too; another one refuses what is no list.
remove(Key, Map) when is_map_key(Key, Map), map_size(Map) > 1 ->
    try mAps:from_keys(Map, Key)
    catch error:badarg -> rebuilt([Pair || {K, _} = Pair <- pairs(Map), K =/= Key])
    end;
remove(Key, Map) when is_map_key(Key, Map) -> #{};
remove(_Key, Map) when is_map(Map) -> Map;
remove(Key, Map) -> error_with_info({badmap, Map}, [Key, Map]).

take(Key, Map) ->
    case Map of
        #{Key := Value} -> {Value, remove(Key, Map)};
        #{} -> error;
        _ -> error_with_info({badmap, Map}, [Key, Map])
    end.

update(Key, Value, Map) ->
    case Map of
        #{Key := _} -> Map#{Key := Value};
        #{} -> error_with_info({badkey, Key}, [Key, Value, Map]);
        _ -> error_with_info({badmap, Map}, [Key, Value, Map])
    end.
