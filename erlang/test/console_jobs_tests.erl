%% What is typed behind Ctrl-G, in the words of OTP's terminal driver.
-module(console_jobs_tests).

-export([listing_test/0, connecting_test/0, killing_test/0, words_test/0, replacing_test/0]).

two() ->
    Jobs = console_jobs:add(self(), {shell, start, []}, console_jobs:new()),
    Other = spawn(fun() -> ok end),
    {Other, console_jobs:add(Other, {counter, start, []}, Jobs)}.

said(Line, Jobs) ->
    {say, Text} = console_jobs:command(Line, Jobs),
    lists:flatten(Text).

listing_test() ->
    {_, Jobs} = two(),
    "   1  {shell,start,[]}\n   2* {counter,start,[]}\n" = said("j", Jobs),
    "" = said("j", console_jobs:new()).

connecting_test() ->
    {Other, Jobs} = two(),
    {connect, 2} = console_jobs:command("c", Jobs),
    {connect, 1} = console_jobs:command("c 1", Jobs),
    "Unknown job\n" = said("c 7", Jobs),
    "Unknown job\n" = said("c", console_jobs:new()),
    Other = console_jobs:current(Jobs),
    Me = console_jobs:current(console_jobs:switch(1, Jobs)),
    Me = self().

killing_test() ->
    {Other, Jobs} = two(),
    {interrupt, Other} = console_jobs:command("i", Jobs),
    {kill, Other} = console_jobs:command("k 2", Jobs),
    Left = console_jobs:delete(Other, Jobs),
    none = console_jobs:current(Left),
    none = console_jobs:find(Other, Left),
    {1, {shell, start, []}} = console_jobs:find(self(), Left).

words_test() ->
    {_, Jobs} = two(),
    {start, shell} = console_jobs:command("s", Jobs),
    {start, counter} = console_jobs:command("s counter", Jobs),
    quit = console_jobs:command("q", Jobs),
    "Node is not alive\n" = said("r", Jobs),
    "Unknown command\n" = said("x", Jobs),
    "Unknown command\n" = said("c a b d", Jobs),
    "Illegal input\n" = said("\"", Jobs),
    "" = said("", Jobs),
    "  c [nn]" ++ _ = said("h", Jobs),
    "  c [nn]" ++ _ = said("?", Jobs).

replacing_test() ->
    {Other, Jobs} = two(),
    New = spawn(fun() -> ok end),
    Replaced = console_jobs:replace(2, New, Jobs),
    New = console_jobs:current(Replaced),
    none = console_jobs:find(Other, Replaced).
