-module(group).
-export([whereis_shell/0]).

%% OTP reads the shell's pid from the dictionary of another process, which the VM cannot; ours is registered.
whereis_shell() ->
    whereis(shell).
