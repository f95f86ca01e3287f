%% Logs on disk, on which the files of tables rest, are kept by servers below the kernel's supervisor.
-module(disk_log_server).
-extends([{ensure_started, 0}]).

%% The supervisor starts with the first who needs it.
ensure_started() ->
    ok = kernel:ensure_started(),
    otp_ensure_started().
