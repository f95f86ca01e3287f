%% The manager of the old event handlers is supervised by the kernel's own supervisor.
-module(error_logger).
-export([warning_map/0]).

%% A native of OTP's, which tells what warnings are told as unless the emulator was started otherwise.
warning_map() -> warning.

start() ->
    ok = kernel:ensure_started(),
    Manager = #{id => ?MODULE, start => {?MODULE, start_link, []}, restart => transient, shutdown => 2000,
                modules => dynamic},
    case supervisor:start_child(kernel_safe_sup, Manager) of
        {ok, _} -> ok;
        {error, {already_started, _}} -> ok;
        {error, already_present} ->
            {ok, _} = supervisor:restart_child(kernel_safe_sup, ?MODULE),
            ok
    end.

stop() ->
    case whereis(?MODULE) of
        undefined ->
            ok;
        Pid ->
            _ = gen_event:stop(Pid),
            _ = supervisor:delete_child(kernel_safe_sup, ?MODULE),
            ok
    end.
