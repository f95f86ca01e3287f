%% OTP's `init` boots a release from files and owns the command line; here the packs are loaded already.
-module(init).
-overlay(whole).
-export([boot/1, get_argument/1, get_arguments/0, get_plain_arguments/0, get_status/0, script_id/0, stop/0, stop/1,
         restart/0, restart/1, reboot/0, notify_when_started/1, wait_until_started/0, archive_extension/0,
         objfile_extension/0, code_path_choice/0, get_configfid/1, run_on_load_handlers/0, run_on_load_handlers/2]).

%% AtomVM starts the pack's start module through this function when the module is there.
boot([<<"-s">>, Module | _]) -> Module:start();
boot(["-s", Module | _]) -> Module:start().

get_argument(root) -> {ok, [["/otp"]]};
get_argument(home) -> {ok, [["/home/user"]]};
get_argument(progname) -> {ok, [["erl"]]};
get_argument(_) -> error.

get_arguments() -> [].
get_plain_arguments() -> [].
get_status() -> {started, started}.
script_id() -> {"OTP APN 181 01", "27"}.

%% The process `init` has the page start the machine anew; what runs goes on until then, as in OTP.
stop() -> stop(0).
stop(Status) ->
    case whereis(init) of
        undefined -> erlang:halt(Status);
        Init -> Init ! {stop, Status}, ok
    end.
restart() -> stop(0).
restart(_Options) -> stop(0).
reboot() -> stop(0).

notify_when_started(Pid) ->
    Pid ! {init, started},
    ok.
wait_until_started() -> ok.

archive_extension() -> ".ez".
objfile_extension() -> ".beam".
code_path_choice() -> relaxed.
get_configfid(_) -> none.
run_on_load_handlers() -> ok.
run_on_load_handlers(_, _) -> ok.
