%% The logger's level works without its server and table: it is a persistent term, all else has its default.
-module(logger_config).
-export([allow/1, allow/2, get/2, level/0]).

allow(Level) -> logger:compare_levels(Level, level()) =/= lt.
allow(Level, _Module) -> allow(Level).

level() -> persistent_term:get({logger, level}, notice).

get(_Tid, primary) ->
    {ok, #{level => level(), metadata => #{}, filters => [], filter_default => log, handlers => [default]}};
get(_Tid, _What) ->
    {error, not_found}.
