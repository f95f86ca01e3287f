%% Which prompt stands there decides what Ctrl-C does.
-module(console_shell_tests).

-export([bare_prompt_test/0, keys_test/0]).

check(Line, Whose) ->
    {Line, Whose} = {Line, console_shell:is_bare_prompt(Line)}.

bare_prompt_test() ->
    check("1> ", shell),
    check("123> ", shell),
    check("1> x", other),
    check("name: ", program),
    check("> ", program),
    check(none, other).

keys_test() ->
    [<<"1+1.">>, <<"\r">>] = console_shell:keys(<<"1+1.\r">>),
    [<<18>>, <<"li">>, <<"\r">>] = console_shell:keys(<<18, "li\r">>),
    [<<"\e[A">>, <<"\e[1;5D">>, <<"x">>] = console_shell:keys(<<"\e[A\e[1;5Dx">>),
    [<<"\eOH">>, <<"\eb">>] = console_shell:keys(<<"\eOH\eb">>),
    [<<"\e">>] = console_shell:keys(<<"\e">>),
    [<<"\e[1">>] = console_shell:keys(<<"\e[1">>),
    [<<"日本"/utf8>>, <<127>>] = console_shell:keys(<<"日本"/utf8, 127>>),
    [<<"a">>, <<"\eh">>] = console_shell:keys(<<"a\eh">>),
    [<<"X    = 1.">>, <<"\r">>] = console_shell:keys(<<"\e[200~X\t= 1.\r\e[201~">>),
    [] = console_shell:keys(<<>>).
