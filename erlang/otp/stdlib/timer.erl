%% The timer server is started by its first user, and so is what supervises it.
-module(timer).

do_start() ->
    ok = kernel:ensure_started(),
    Server = #{id => timer_server, start => {?MODULE, start_link, []}, restart => permanent, shutdown => 1000,
               type => worker, modules => [?MODULE]},
    case supervisor:start_child(kernel_sup, Server) of
        {ok, Pid} -> {ok, Pid};
        {error, {already_started, Pid}} -> {ok, Pid};
        {error, already_present} -> restarted(supervisor:restart_child(kernel_sup, timer_server));
        Error -> Error
    end.

restarted({ok, Pid}) -> {ok, Pid};
restarted({error, {already_started, Pid}}) -> {ok, Pid};
restarted({error, running}) -> {ok, whereis(timer_server)}.
