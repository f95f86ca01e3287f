%% title: Hot code upgrade
%% about: A greeter is compiled, started and upgraded while it runs: the same process
%%        answers in new words after its next qualified call.
%% run: hot_upgrade:start().
-module(hot_upgrade).

-export([start/0]).

start() ->
    {module, greeter} = load("Hello"),
    Greeter = spawn(fun() -> apply(greeter, loop, [0]) end),
    io:format("~ts~n", [ask(Greeter)]),
    {module, greeter} = load("Welcome back"),
    io:format("~ts   <- waits in the old version still~n", [ask(Greeter)]),
    io:format("~ts   <- its next call found the new one~n", [ask(Greeter)]),
    exit(Greeter, kill),
    ok.

ask(Greeter) ->
    Greeter ! {self(), "Joe"},
    receive {Greeter, Answer} -> Answer end.

%% The module below, with other words in it each time.
load(Words) ->
    {ok, greeter, Beam} = compile:forms(forms(source(Words)), []),
    code:load_binary(greeter, "greeter.erl", Beam).

source(Words) ->
    "-module(greeter).\n"
    "-export([loop/1]).\n"
    "loop(Count) ->\n"
    "    receive\n"
    "        {From, Name} ->\n"
    "            Text = io_lib:format(\"" ++ Words ++ ", ~s! (~w before you)\", [Name, Count]),\n"
    "            From ! {self(), Text},\n"
    "            ?MODULE:loop(Count + 1)\n"
    "    end.\n".

%% `?MODULE` is the preprocessor's; here its only use is put in by hand.
forms(Source) ->
    Text = lists:append(string:replace(Source, "?MODULE", "greeter", all)),
    forms(erl_scan:tokens([], Text, 1), []).

forms({done, {ok, Tokens, Line}, Rest}, Forms) ->
    {ok, Form} = erl_parse:parse_form(Tokens),
    forms(erl_scan:tokens([], Rest, Line), [Form | Forms]);
forms(_End, Forms) ->
    lists:reverse(Forms).
