%% What OTP's libraries ask of the emulator's inside.
-module(erts_internal).
-export([time_unit/0, perf_counter_unit/0, map_next/3, map_to_tuple_keys/1, group_leader/2, group_leader/3,
         get_internal_state/1, floor_div/2]).

%% AtomVM's native time unit is the nanosecond.
time_unit() -> 1000000000.
perf_counter_unit() -> 1000000000.

%% AtomVM's own iterator is a place in the map, and a wrong one ends the machine; an ordered one is the list of keys
%% still to come.
map_next(Path, Map, iterator) when is_integer(Path), Path >= 0, Path =< map_size(Map) ->
    mAps:next([Path | Map]);
map_next([Key | Keys], Map, iterator) ->
    {Key, map_get(Key, Map), [Keys | Map]};
map_next([], _Map, iterator) ->
    none;
map_next(_Path, _Map, iterator) ->
    error(badarg);
map_next(Path, Map, Pairs) ->
    case map_next(Path, Map, iterator) of
        none -> Pairs;
        {Key, Value, [Next | _]} -> [{Key, Value} | map_next(Next, Map, Pairs)]
    end.

map_to_tuple_keys(Map) -> list_to_tuple(maps:keys(Map)).


group_leader(Leader, Pid) -> erlang:group_leader(Leader, Pid).
group_leader(Leader, Pid, _Reference) -> erlang:group_leader(Leader, Pid).

get_internal_state(_) -> undefined.

%% Rounds down, also before the start of time.
floor_div(A, B) when A >= 0 -> A div B;
floor_div(A, B) -> -((B - 1 - A) div B).
