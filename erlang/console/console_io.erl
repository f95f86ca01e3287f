%% Erlang's I/O protocol, as far as a process that only prints needs it: turns
%% a request into the characters to print and the reply to send. Reading ends
%% at once with `eof`, since nobody types here. Pure.
-module(console_io).

-export([request/1]).

-type reply() :: term().

-spec request(term()) -> {Printed :: binary(), reply()}.
request({put_chars, Encoding, Chars}) ->
    put_chars(Encoding, Chars);
request({put_chars, Encoding, M, F, As}) ->
    try apply(M, F, As) of
        Chars -> put_chars(Encoding, Chars)
    catch
        _:_ -> {<<>>, {error, F}}
    end;
request({put_chars, Chars}) ->
    put_chars(latin1, Chars);
request({put_chars, M, F, As}) ->
    request({put_chars, latin1, M, F, As});
request({requests, Requests}) ->
    requests(Requests, [], ok);
request(Request) when is_tuple(Request), tuple_size(Request) > 1 ->
    {<<>>, other(element(1, Request))};
request(getopts) ->
    {<<>>, [{binary, true}, {encoding, unicode}, {echo, false}]};
request(_Unknown) ->
    {<<>>, {error, request}}.

other(get_line) -> eof;
other(get_chars) -> eof;
other(get_until) -> eof;
other(get_password) -> {error, enotsup};
other(setopts) -> ok;
other(get_geometry) -> {error, enotsup};
other(_Unknown) -> {error, request}.

put_chars(Encoding, Chars) ->
    try unicode:characters_to_binary(Chars, Encoding, utf8) of
        Bytes when is_binary(Bytes) -> {Bytes, ok};
        _Incomplete -> {<<>>, {error, {put_chars, Encoding, Chars}}}
    catch
        _:_ -> {<<>>, {error, {put_chars, Encoding, Chars}}}
    end.

%% As OTP does it: the first request that fails ends the list.
requests([], Printed, Reply) ->
    {iolist_to_binary(lists:reverse(Printed)), Reply};
requests([Request | Rest], Printed, _Reply) ->
    case request(Request) of
        {Bytes, {error, _} = Error} -> requests([], [Bytes | Printed], Error);
        {Bytes, Reply} -> requests(Rest, [Bytes | Printed], Reply)
    end.
