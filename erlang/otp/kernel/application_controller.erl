%% The environment of applications works before (and without) the controller: its table is made when first needed.
-module(application_controller).
-export([get_env/2, get_env/3, get_all_env/1, get_pid_env/2, get_pid_all_env/1, set_env/2, set_env/3, set_env/4,
         unset_env/2, unset_env/3, get_application/1, get_application_module/1, get_key/2, get_all_key/1,
         get_pid_key/2, get_pid_all_key/1]).

get_env(Application, Key) ->
    case persistent_term:get({application, Application}, #{}) of
        #{Key := Value} -> {ok, Value};
        #{} -> undefined
    end.

get_env(Application, Key, Default) ->
    case get_env(Application, Key) of
        {ok, Value} -> Value;
        undefined -> Default
    end.

get_all_env(Application) -> maps:to_list(persistent_term:get({application, Application}, #{})).

set_env(Application, Key, Value) ->
    Known = persistent_term:get({application, Application}, #{}),
    persistent_term:put({application, Application}, Known#{Key => Value}).
set_env(Application, Key, Value, _Options) -> set_env(Application, Key, Value).

set_env(Config, _Options) ->
    _ = [set_env(Application, Key, Value) || {Application, Pairs} <- Config, {Key, Value} <- Pairs],
    ok.

unset_env(Application, Key) ->
    Known = persistent_term:get({application, Application}, #{}),
    persistent_term:put({application, Application}, maps:remove(Key, Known)).
unset_env(Application, Key, _Options) -> unset_env(Application, Key).

%% No process belongs to an application.
get_pid_env(_Leader, _Key) -> undefined.
get_pid_all_env(_Leader) -> [].
get_application(_Leader) -> undefined.
get_application_module(_Module) -> undefined.
get_key(_Application, _Key) -> undefined.
get_all_key(_Application) -> undefined.
get_pid_key(_Leader, _Key) -> undefined.
get_pid_all_key(_Leader) -> [].
