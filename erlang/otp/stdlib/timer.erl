%% The timer server is started by its first user.
-module(timer).

do_start() ->
    kernel:ensure_server(#{id => timer_server, start => {?MODULE, start_link, []}, shutdown => 1000, modules => [?MODULE]}).
