%% Runs the suites about OTP's libraries, on a host OTP and in AtomVM, and says what each test gave.
%% The host's answer is the reference: a test asserts nothing, its value must be the same on both.
-module(otp_runner).

-export([main/0, start/0]).

-define(LONGEST_MS, 20_000).

suites() ->
    [otp_bits_tests, otp_bytes_tests, otp_data_tests, otp_dets_tests, otp_ets_tests, otp_file_tests, otp_library_tests,
     otp_mailbox_tests, otp_process_tests, otp_re_tests, otp_system_tests, otp_text_tests].

%% On the host: lines on standard output.
-spec main() -> no_return().
main() ->
    run(fun(Line) -> io:put_chars(Line) end),
    halt(0).

%% In the VM: lines on the terminal's device, before anything of the console runs.
-spec start() -> ok.
start() ->
    {ok, Terminal} = atomvm:posix_open("/dev/term", [o_wronly]),
    run(fun(Line) -> atomvm:posix_write(Terminal, iolist_to_binary(Line)) end).

run(Say) ->
    [Say([atom_to_list(Suite), $:, atom_to_list(Test), $\s, outcome(Suite, Test), $\n])
     || Suite <- suites(), Test <- tests(Suite)],
    Say("done\n"),
    ok.

%% Tests are exported as `name_test/0`; the suite lists them, since AtomVM's modules may not.
tests(Suite) ->
    lists:sort(Suite:tests()).

%% Every test has a process of its own: mailbox, links and dictionary end with it.
outcome(Suite, Test) ->
    {Pid, Monitor} = spawn_monitor(fun() ->
        exit({outcome,
              try
                  Suite:Test()
              catch
                  Class:Reason -> {Class, Reason}
              end})
    end),
    receive
        {'DOWN', Monitor, process, Pid, {outcome, Value}} -> shown(Value);
        {'DOWN', Monitor, process, Pid, Reason} -> ["ended: ", shown(Reason)]
    after ?LONGEST_MS ->
        exit(Pid, kill),
        "took too long"
    end.

shown(Value) ->
    unicode:characters_to_binary(io_lib:format("~0ktp", [Value])).
