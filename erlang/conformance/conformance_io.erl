%% A group leader that takes everything that is printed and shows nothing; input is at its end.
-module(conformance_io).
-export([loop/0]).

loop() ->
    receive
        {io_request, From, Tag, Request} ->
            From ! {io_reply, Tag, answer(Request)},
            loop();
        _ ->
            loop()
    end.

answer({put_chars, _Encoding, Chars}) -> printed(fun() -> Chars end);
answer({put_chars, _Encoding, Module, Name, Arguments}) -> printed(fun() -> apply(Module, Name, Arguments) end);
answer({put_chars, Chars}) -> answer({put_chars, latin1, Chars});
answer({put_chars, Module, Name, Arguments}) -> answer({put_chars, latin1, Module, Name, Arguments});
answer({requests, Requests}) -> lists:foldl(fun(Request, _) -> answer(Request) end, ok, Requests);
answer({setopts, _}) -> ok;
answer(getopts) -> [{encoding, unicode}, {binary, false}];
answer({get_geometry, _}) -> {error, enotsup};
answer(_) -> eof.

%% What cannot be made into characters is refused, as by every other group leader.
printed(Make) ->
    try unicode:characters_to_binary(Make()) of
        Text when is_binary(Text) -> ok;
        _ -> {error, put_chars}
    catch
        _:_ -> {error, put_chars}
    end.
