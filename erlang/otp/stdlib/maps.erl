%% AtomVM builds and reads maps but has few of their functions.
-module(maps).
-export([find/2, from_list/1, keys/1, values/1, merge/2, put/3, remove/2, take/2, update/3, get/2, is_key/2]).

find(Key, Map) ->
    case Map of
        #{Key := Value} -> {ok, Value};
        #{} -> error;
        _ -> erlang:error({badmap, Map}, [Key, Map])
    end.

get(Key, Map) ->
    case Map of
        #{Key := Value} -> Value;
        #{} -> erlang:error({badkey, Key}, [Key, Map]);
        _ -> erlang:error({badmap, Map}, [Key, Map])
    end.

is_key(Key, Map) when is_map(Map) -> is_map_key(Key, Map);
is_key(Key, Map) -> erlang:error({badmap, Map}, [Key, Map]).

from_list(Pairs) -> from_list(Pairs, #{}, Pairs).

%% AtomVM copies the whole map for each key that is added; reading many from the external format is far quicker.
%% Only for what surely comes back from there as it went in.
rebuilt(Pairs) ->
    case length(Pairs) > 24 andalso lists:all(fun({Key, Value}) -> is_plain(Key) andalso is_plain(Value) end, Pairs) of
        true ->
            Body = [[external(Key), external(Value)] || {Key, Value} <- Pairs],
            binary_to_term(iolist_to_binary([<<131, 116, (length(Pairs)):32>>, Body]));
        false ->
            from_list(Pairs)
    end.

external(Term) ->
    <<131, Rest/binary>> = term_to_binary(Term),
    Rest.

is_plain(Term) when is_atom(Term); is_number(Term); is_binary(Term); is_pid(Term); Term =:= [] -> true;
is_plain([Head | Tail]) -> is_plain(Head) andalso is_plain(Tail);
is_plain(Term) when is_tuple(Term) -> is_plain(tuple_to_list(Term));
is_plain(_) -> false.

from_list([{Key, Value} | Pairs], Map, All) -> from_list(Pairs, Map#{Key => Value}, All);
from_list([], Map, _All) -> Map;
from_list(_, _Map, All) -> erlang:error(badarg, [All]).

keys(Map) when is_map(Map) -> [Key || {Key, _} <- erts_internal:map_next(0, Map, [])];
keys(Map) -> erlang:error({badmap, Map}, [Map]).

values(Map) when is_map(Map) -> [Value || {_, Value} <- erts_internal:map_next(0, Map, [])];
values(Map) -> erlang:error({badmap, Map}, [Map]).

%% The smaller map is gone through where the result is the same.
merge(A, B) when is_map(A), is_map(B), map_size(A) < map_size(B) ->
    lists:foldl(fun({Key, Value}, Map) ->
        case Map of
            #{Key := _} -> Map;
            #{} -> Map#{Key => Value}
        end
    end, B, erts_internal:map_next(0, A, []));
merge(A, B) when is_map(A), is_map(B) ->
    lists:foldl(fun({Key, Value}, Map) -> Map#{Key => Value} end, A, erts_internal:map_next(0, B, []));
merge(A, B) when is_map(A) -> erlang:error({badmap, B}, [A, B]);
merge(A, B) -> erlang:error({badmap, A}, [A, B]).

put(Key, Value, Map) when is_map(Map) -> Map#{Key => Value};
put(Key, Value, Map) -> erlang:error({badmap, Map}, [Key, Value, Map]).

remove(Key, Map) when is_map_key(Key, Map) ->
    rebuilt([Pair || {K, _} = Pair <- erts_internal:map_next(0, Map, []), K =/= Key]);
remove(_Key, Map) when is_map(Map) -> Map;
remove(Key, Map) -> erlang:error({badmap, Map}, [Key, Map]).

take(Key, Map) ->
    case Map of
        #{Key := Value} -> {Value, remove(Key, Map)};
        #{} -> error;
        _ -> erlang:error({badmap, Map}, [Key, Map])
    end.

update(Key, Value, Map) ->
    case Map of
        #{Key := _} -> Map#{Key := Value};
        #{} -> erlang:error({badkey, Key}, [Key, Value, Map]);
        _ -> erlang:error({badmap, Map}, [Key, Value, Map])
    end.
