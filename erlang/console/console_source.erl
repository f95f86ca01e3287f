%% A text as an open file: the process that OTP's preprocessor reads a module's source from. Lives as long as
%% the process that opened it.
-module(console_source).

-export([open/1]).

-record(source, {all :: string(), rest :: string(), owner :: reference()}).

-spec open(string()) -> pid().
open(Text) ->
    Owner = self(),
    spawn(fun() -> loop(#source{all = Text, rest = Text, owner = monitor(process, Owner)}) end).

loop(#source{owner = Owner} = Source) ->
    receive
        {io_request, From, As, Request} ->
            {Reply, Rest} = answer(Request, Source#source.rest),
            From ! {io_reply, As, Reply},
            loop(Source#source{rest = Rest});
        {file_request, From, As, close} ->
            From ! {file_reply, As, ok},
            ok;
        %% The preprocessor reads on from the beginning once it has seen the encoding.
        {file_request, From, As, {position, _Beginning}} ->
            From ! {file_reply, As, {ok, 0}},
            loop(Source#source{rest = Source#source.all});
        {file_request, From, As, _Other} ->
            From ! {file_reply, As, {error, enotsup}},
            loop(Source);
        {'DOWN', Owner, process, _, _} ->
            ok;
        _Other ->
            loop(Source)
    end.

answer({get_until, _Encoding, _Prompt, Module, Function, Arguments}, Text) ->
    read(Module, Function, Arguments, [], Text);
answer({get_line, _Encoding, _Prompt}, Text) ->
    line(Text, []);
answer({setopts, _Options}, Text) ->
    {ok, Text};
answer(getopts, Text) ->
    {[{binary, false}, {encoding, unicode}], Text};
answer(_Other, Text) ->
    {{error, request}, Text}.

read(Module, Function, Arguments, State, Text) ->
    Input = case Text of [] -> eof; _ -> Text end,
    case apply(Module, Function, [State, Input | Arguments]) of
        {done, Result, eof} -> {Result, []};
        {done, Result, Rest} -> {Result, Rest};
        {more, Next} -> read(Module, Function, Arguments, Next, [])
    end.

line([], []) -> {eof, []};
line([], Line) -> {lists:reverse(Line), []};
line([$\n | Text], Line) -> {lists:reverse(Line, "\n"), Text};
line([C | Text], Line) -> line(Text, [C | Line]).
