%% The binaries of a table that lie beside it, and how many share each. They are counted in a process of its own: nothing
%% of what it sees is left of it, and what stands for a binary there is known.
-module(ets_binaries).
-export([told/1]).

%% {where it is, bytes, how many share it} for each that is found in the objects, as often as it is found.
told(Objects) ->
    Teller = fun() -> exit({?MODULE, binaries(Objects())}) end,
    {Pid, Monitor} = spawn_monitor(Teller),
    receive
        {'DOWN', Monitor, process, Pid, {?MODULE, Told}} -> Told;
        {'DOWN', Monitor, process, Pid, _} -> error(none)
    end.

binaries(Objects) ->
    Found = [{eRts_debug:flat_size({Binary}), Binary} || Binary <- within(Objects, [])],
    Beside = [Each || {Where, _} = Each <- Found, Where < 0],
    Own = lists:foldl(fun({Where, _}, Counts) -> maps:update_with(Where, fun(Count) -> Count + 1 end, 1, Counts) end, #{}, Beside),
    [{-8 * Where, binary:referenced_byte_size(Binary), -eRts_debug:flat_size({Binary, shares, with}) - map_get(Where, Own)}
     || {Where, Binary} <- Beside].

%% What a fun has captured is not told.
within(Binary, Found) when is_binary(Binary) -> [Binary | Found];
within([Head | Tail], Found) -> within(Tail, within(Head, Found));
within(Tuple, Found) when is_tuple(Tuple) -> within(tuple_to_list(Tuple), Found);
within(Map, Found) when is_map(Map) -> within(maps:to_list(Map), Found);
within(_, Found) -> Found.
