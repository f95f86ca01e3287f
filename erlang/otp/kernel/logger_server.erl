%% Only the primary level can be set.
-module(logger_server).
-export([set_config/3, set_config/2]).

set_config(primary, level, Level) ->
    case lists:member(Level, [none, emergency, alert, critical, error, warning, notice, info, debug, all]) of
        true -> persistent_term:put({logger, level}, Level);
        false -> {error, {invalid_level, Level}}
    end;
set_config(_Owner, _Key, _Value) ->
    ok.

set_config(primary, #{level := Level}) -> set_config(primary, level, Level);
set_config(_Owner, _Config) -> ok.
