%% What OTP's suites call of Common Test. Nothing is logged; the runner's own limit is the time trap.
-module(ct).
-export([log/1, log/2, log/3, fail/1, fail/2, sleep/1, timetrap/1, get_timetrap_info/0, get_config/1, get_config/2, get_progname/0]).

log(_) -> ok.
log(_, _) -> ok.
log(_, _, _) -> ok.

fail(Reason) -> exit({test_case_failed, Reason}).
fail(Format, Arguments) -> fail(lists:flatten(io_lib:format(Format, Arguments))).

sleep({minutes, Time}) -> sleep(60_000 * Time);
sleep({seconds, Time}) -> sleep(1000 * Time);
sleep(Time) -> timer:sleep(Time).

timetrap(_Time) -> ok.
get_timetrap_info() -> {infinity, {false, 1}}.
get_config(_) -> undefined.
get_config(_, Default) -> Default.
get_progname() -> "erl".
