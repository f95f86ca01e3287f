%% Regular expressions outside the VM: OTP's own PCRE behind a device, which takes a request and gives an answer.
%% `native/re/engine.c` says what they hold. The engine works in short steps, so a process that waits can be killed.
-module(re_engine).
-export([compile/2, run/3, run_all/3]).

-define(DEVICE, "/dev/re").
-define(READ_BYTES, 4096).
%% The engine arrives with its first use.
-define(ARRIVING_MS, 5).
-define(NO_LIMIT, 16#ffffffff).

%% {ok, Captures, HasCrlf, [{Index, Name}]} or {error, {Words, Offset}}.
compile(Pattern, Options) ->
    compiled(ask([<<1:32/little, Options:32/little>>, Pattern])).

compiled(<<1:32/little, Captures:32/little, Crlf:32/little, Names:32/little, Size:32/little, Table/binary>>) ->
    {ok, Captures, Crlf, [name(binary:part(Table, At * Size, Size)) || At <- lists:seq(0, Names - 1)]};
compiled(<<>>) ->
    %% It nests so deep that the engine ran out of its stack.
    {error, {"regular expression is too complicated", 0}};
compiled(Answer) ->
    failed(Answer).

name(<<Index:16, Rest/binary>>) -> {Index, hd(binary:split(Rest, <<0>>))}.

%% {ran, Result, [{Start, End}]} or {error, {Words, Offset}}. Settings: {RunOptions, Offset, Limit, DepthLimit}.
run(Code, Subject, Settings) ->
    case ask(request(2, Code, Subject, Settings)) of
        <<2:32/little, Result:32/little-signed, Pairs/binary>> -> {ran, Result, pairs(Pairs)};
        Answer -> failed(Answer)
    end.

%% The same for every match: {ran, LastResult, [[{Start, End}]]}.
run_all(Code, Subject, Settings) ->
    case ask(request(3, Code, Subject, Settings)) of
        <<5:32/little, Result:32/little-signed, Matches/binary>> -> {ran, Result, matches(Matches)};
        Answer -> failed(Answer)
    end.

request(Kind, {Pattern, Options}, Subject, {RunOptions, Offset, Limit, Depth}) ->
    [<<Kind:32/little, Options:32/little, (byte_size(Pattern)):32/little, RunOptions:32/little, Offset:32/little,
       (limit(Limit)):32/little, (limit(Depth)):32/little>>, Pattern, Subject].

limit(none) -> ?NO_LIMIT;
limit(Limit) -> Limit.

pairs(<<Start:32/little-signed, End:32/little-signed, Rest/binary>>) -> [{Start, End} | pairs(Rest)];
pairs(<<>>) -> [].

matches(<<Count:32/little, Rest/binary>>) ->
    Size = 8 * Count,
    <<Pairs:Size/binary, More/binary>> = Rest,
    [pairs(Pairs) | matches(More)];
matches(<<>>) ->
    [].

failed(<<0:32/little, Offset:32/little, Words/binary>>) -> {error, {binary_to_list(Words), Offset}};
failed(_) -> error(system_limit).

ask(Request) ->
    Bytes = iolist_to_binary(Request),
    case atomvm:posix_open(?DEVICE, [o_rdwr]) of
        {ok, Session} ->
            Written = atomvm:posix_write(Session, Bytes),
            Answer = answer(Session),
            _ = atomvm:posix_close(Session),
            Written =:= {ok, byte_size(Bytes)} orelse error(system_limit),
            Answer;
        {error, _} ->
            error(notsup)
    end.

answer(Session) ->
    case atomvm:posix_read(Session, ?READ_BYTES) of
        {ok, <<0>>} -> answer(Session);
        {ok, <<1, Size:32/little, Part/binary>>} -> rest(Session, Size - byte_size(Part), [Part]);
        {ok, <<2>>} -> receive after ?ARRIVING_MS -> ok end, answer(Session);
        _ -> <<>>
    end.

rest(_Session, 0, Parts) ->
    iolist_to_binary(lists:reverse(Parts));
rest(Session, Left, Parts) ->
    {ok, Part} = atomvm:posix_read(Session, min(Left, 16 * ?READ_BYTES)),
    rest(Session, Left - byte_size(Part), [Part | Parts]).
