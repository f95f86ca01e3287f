%% Runs the tests of this folder: every exported function named `*_test`. The
%% same on a host OTP (`main/0`) and in the VM (`run/1`).
-module(console_runner).

-export([main/0, run/1]).

%% The suites that need no VM: `erl -noshell -pa ... -run console_runner main`.
-spec main() -> no_return().
main() ->
    case run([console_screen_tests, console_io_tests, console_eval_tests,
              console_shell_tests, console_hook_tests, console_jobs_tests]) of
        [] -> halt(0);
        Failures ->
            [io:format("FAILED ~ts~n", [Failure]) || Failure <- Failures],
            halt(1)
    end.

-spec run([module()]) -> Failures :: [binary()].
run(Suites) ->
    lists:append([run_suite(Suite) || Suite <- Suites]).

run_suite(Suite) ->
    Tests = [Test || {Test, 0} <- Suite:module_info(exports), is_test(atom_to_list(Test))],
    io:format("~s: ~w tests~n", [Suite, length(Tests)]),
    lists:append([run_test(Suite, Test) || Test <- lists:sort(Tests)]).

is_test(Name) ->
    lists:suffix("_test", Name).

run_test(Suite, Test) ->
    try Suite:Test() of
        _ -> []
    catch
        Class:Reason:Stack ->
            [unicode:characters_to_binary(
                io_lib:format("~s:~s ~s ~tp~n  ~tp", [Suite, Test, Class, Reason, lists:sublist(Stack, 3)]))]
    end.
