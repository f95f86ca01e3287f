%% What OTP's suites call of the test server. There are no other nodes here, on neither side.
-module(test_server).
-export([lookup_config/2, do_times/4, is_cover/0, start_peer/2, start_peer/3, start_peer/5, peer_name/2]).

lookup_config(Key, Config) ->
    case lists:keyfind(Key, 1, Config) of
        {_, Value} -> Value;
        false -> undefined
    end.

do_times(0, _Module, _Name, _Arguments) -> ok;
do_times(Times, Module, Name, Arguments) ->
    apply(Module, Name, Arguments),
    do_times(Times - 1, Module, Name, Arguments).

is_cover() -> false.

start_peer(_Options, _Name) -> no_peer().
start_peer(_Options, _Module, _Case) -> no_peer().
start_peer(_Options, _Module, _Case, _Release, _Folder) -> no_peer().
peer_name(Module, Case) -> list_to_atom(lists:concat([Module, "-", Case])).

no_peer() -> exit({skip, "no other node can be started"}).
