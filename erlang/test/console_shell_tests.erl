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
    <<"lists:">> = console_shell:allowed_keys(<<"lists:\eh">>),
    <<"\e[A">> = console_shell:allowed_keys(<<"\e[A">>).
