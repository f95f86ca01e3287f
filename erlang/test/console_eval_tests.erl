%% Source text in, the shell's words out.
-module(console_eval_tests).

-export([values_test/0, several_expressions_test/0, fresh_bindings_test/0, shown_as_shell_test/0,
         exceptions_test/0, syntax_test/0, shell_commands_test/0, format_without_stack_test/0,
         start_test/0, long_value_test/0,
         job_ends_with_what_it_started_test/0]).

ok(Source, Value) ->
    expect({ok, Value}, Source).

fails(Source, Class, Message) ->
    expect({error, Class, Message}, Source).

expect(Expected, Source) ->
    case console_eval:source(Source) of
        Expected -> ok;
        Seen -> erlang:error({Source, expected, Expected, seen, Seen})
    end.

values_test() ->
    ok(<<"1 + 1.">>, <<"2">>),
    ok(<<"1 + 1">>, <<"2">>),
    ok(<<"lists:sum(lists:seq(1, 100)).">>, <<"5050">>),
    ok(<<"F = fun F(0) -> 1; F(N) -> N * F(N - 1) end, F(10)">>, <<"3628800">>),
    ok(<<"maps:fold(fun(_, V, Sum) -> V + Sum end, 0, #{a => 1, b => 2})">>, <<"3">>),
    ok(<<"string:split(\"a b\", \" \")">>, <<"[\"a\",\"b\"]">>),
    ok(<<"\"h\\x{e9}\"">>, <<"\"hé\""/utf8>>),
    ok(<<"%% a comment\n1">>, <<"1">>).

several_expressions_test() ->
    ok(<<"X = 3, X * 2. X + 1.">>, <<"4">>).

fresh_bindings_test() ->
    ok(<<"X = 1">>, <<"1">>),
    ok(<<"X = 2">>, <<"2">>).

shown_as_shell_test() ->
    ok(<<"lists:seq(1, 100)">>,
       <<"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,\n 23,24,25,26,27,28,29|...]">>),
    ok(<<"[104, 105]">>, <<"\"hi\"">>),
    ok(<<"#{a => <<1, 2>>}">>, <<"#{a => <<1,2>>}">>).

exceptions_test() ->
    fails(<<"X = 1, X = 2">>, error, <<"** exception error: no match of right hand side value 2">>),
    fails(<<"throw(x)">>, throw, <<"** exception throw: x">>),
    fails(<<"exit(x)">>, exit, <<"** exception exit: x">>),
    fails(<<"lists:nothing(1)">>, error, <<"** exception error: undefined function lists:nothing/1">>),
    fails(<<"nothing()">>, error, <<"** exception error: undefined shell command nothing/0">>),
    fails(<<"Y">>, error, <<"** exception error: variable 'Y' is unbound">>).

syntax_test() ->
    fails(<<"foo(">>, syntax, <<"* 1:5: syntax error before: '.'">>),
    fails(<<"1\n+ +">>, syntax, <<"* 2:4: syntax error before: '.'">>),
    fails(<<"\"abc">>, syntax, <<"* 1:2: unterminated string starting with \"abc\"">>),
    fails(<<>>, syntax, <<"* 1:1: no expression">>).

shell_commands_test() ->
    {ok, Pid} = console_eval:source(<<"pid(0, 1, 0)">>),
    <<"<0.1.0>">> = Pid.

%% A reason that is no proper exception is told all the same.
format_without_stack_test() ->
    <<"** exception exit: killed">> = console_format:exception(exit, killed, []),
    <<"** exception exit: killed">> = console_format:death(killed),
    <<"** exception exit: badarith\n", _/binary>> =
        console_format:death({badarith, [{erlang, '/', [1, 0], []}]}).

start_test() ->
    {error, error, <<"** exception error: undefined function nobody:start/0">>} =
        console_eval:start(nobody).

%% What is too long is cut between two characters.
long_value_test() ->
    <<"\"ééé..."/utf8>> = console_format:value("éééé", 8),
    <<"\"éé\""/utf8>> = console_format:value("éé", 8).

%% The job that serves an evaluation stays for what the evaluation started, and no longer.
job_ends_with_what_it_started_test() ->
    Test = self(),
    Wait = fun() -> receive stop -> ok end end,
    %% The bridge hears of jobs that stay; a host has none.
    Bridge = case whereis(console) of
        undefined -> spawn(fun() -> register(console, self()), Test ! registered, Wait() end);
        _ -> Test ! registered, none
    end,
    receive registered -> ok end,
    Work = fun() -> Test ! {started, spawn(Wait)}, {ok, <<"started">>} end,
    {Job, Monitor} = console_job:start(Work, fun(Answer) -> Test ! {answer, Answer} end),
    Child = receive {started, Pid} -> Pid end,
    receive {answer, #{ok := #{value := <<"started">>}}} -> ok end,
    true = is_process_alive(Job),
    Child ! stop,
    receive {'DOWN', Monitor, process, Job, normal} -> ok end,
    is_pid(Bridge) andalso (Bridge ! stop).
