%% Names and locks that all nodes know; there is one node. The server is started by the first who needs it.
-module(global).
-extends([{sync, 0}, {sync, 1}, {register_name, 3}, {re_register_name, 3}, {register_name_external, 3}, {set_lock, 4},
          {del_lock, 2}, {info, 0}, {where, 1}, {registered_names, 0}]).

sync() -> ready(), otp_sync().
sync(Nodes) -> ready(), otp_sync(Nodes).
register_name(Name, Pid, Resolve) -> ready(), otp_register_name(Name, Pid, Resolve).
re_register_name(Name, Pid, Resolve) -> ready(), otp_re_register_name(Name, Pid, Resolve).
register_name_external(Name, Pid, Resolve) -> ready(), otp_register_name_external(Name, Pid, Resolve).
set_lock(Id, Nodes, Retries, Times) -> ready(), otp_set_lock(Id, Nodes, Retries, Times).
del_lock(Id, Nodes) -> ready(), otp_del_lock(Id, Nodes).
info() -> ready(), otp_info().

%% Before the server is there, nobody has a name.
where(Name) ->
    case whereis(global_name_server) of
        undefined -> undefined;
        _ -> otp_where(Name)
    end.

registered_names() ->
    case whereis(global_name_server) of
        undefined -> [];
        _ -> otp_registered_names()
    end.

ready() ->
    case whereis(global_name_server) of
        undefined ->
            {ok, _} = kernel:ensure_server(#{id => global_name_server, start => {?MODULE, start_link, []},
                                             shutdown => 2000, modules => [?MODULE]}),
            ok;
        _ ->
            ok
    end.

%% There are no groups of nodes.
get_own_nodes() -> {ok, all}.
