%% The primary level can be set, and handlers can be added and removed.
-module(logger_server).
-export([set_config/3, set_config/2, add_handler/3, remove_handler/1]).

set_config(primary, level, Level) ->
    case lists:member(Level, [none, emergency, alert, critical, error, warning, notice, info, debug, all]) of
        true -> persistent_term:put({logger, level}, Level);
        false -> {error, {invalid_level, Level}}
    end;
set_config(_Owner, _Key, _Value) ->
    ok.

set_config(primary, #{level := Level}) -> set_config(primary, level, Level);
set_config(_Owner, _Config) -> ok.

add_handler(Id, Module, Config) when is_atom(Id), is_atom(Module), is_map(Config) ->
    Handlers = persistent_term:get({logger, handlers}, []),
    case lists:keymember(Id, 1, Handlers) of
        true -> {error, {already_exist, Id}};
        false ->
            Whole = maps:merge(#{level => all}, Config#{id => Id, module => Module}),
            persistent_term:put({logger, handlers}, Handlers ++ [{Id, Module, Whole}])
    end;
add_handler(Id, _Module, _Config) ->
    {error, {invalid_id, Id}}.

remove_handler(Id) ->
    Handlers = persistent_term:get({logger, handlers}, []),
    case lists:keymember(Id, 1, Handlers) of
        true -> persistent_term:put({logger, handlers}, lists:keydelete(Id, 1, Handlers));
        false -> {error, {not_found, Id}}
    end.
