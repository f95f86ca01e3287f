%% Tables in files are kept by servers below the kernel's supervisor.
-module(dets_server).
-extends([{ensure_started, 0}]).

%% The supervisor starts with the first who needs it.
ensure_started() ->
    ok = kernel:ensure_started(),
    otp_ensure_started().
