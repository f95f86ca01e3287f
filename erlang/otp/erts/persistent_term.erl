%% Persistent terms in a native table that lasts as long as the machine.
-module(persistent_term).
-compile({no_auto_import, [get/0, get/1, put/2, erase/1]}).
-export([get/0, get/1, get/2, put/2, erase/1, info/0]).

get() -> [{Key, get(Key)} || Key <- maps:keys(keys())].

get(Key) ->
    case eTs:lookup(store(), {term, Key}) of
        [{_, Value}] -> Value;
        [] -> error(badarg, [Key])
    end.

get(Key, Default) ->
    case eTs:lookup(store(), {term, Key}) of
        [{_, Value}] -> Value;
        [] -> Default
    end.

put(Key, Value) ->
    ets_keeper:call(none, {atomic, fun() ->
        eTs:insert(persistent_term, [{{term, Key}, Value}, {keys, (keys())#{Key => []}}]),
        ok
    end}).


erase(Key) ->
    ets_keeper:call(none, {atomic, fun() ->
        WasThere = eTs:member(persistent_term, {term, Key}),
        eTs:delete(persistent_term, {term, Key}),
        eTs:insert(persistent_term, {keys, maps:remove(Key, keys())}),
        WasThere
    end}).

info() -> #{count => map_size(keys()), memory => 0}.

%% The native table cannot be gone through, so the keys are kept beside.
keys() ->
    case eTs:lookup(store(), keys) of
        [{_, Keys}] -> Keys;
        [] -> #{}
    end.

store() -> ets_keeper:store(persistent_term).
