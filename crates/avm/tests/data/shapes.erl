%% A little of everything that compiled code can hold: literals, closures, records, maps, floats,
%% binaries built and matched, exceptions, messages.
-module(shapes).
-export([start/0, area/1, word/1, pack/2, unpack/1, ask/2, total/1, describe/1, sizes/0, external/0]).

-record(square, {side = 1}).

start() ->
    F = fun(X) -> area(X) end,
    Areas = [F(S) || S <- [#square{side = 3}, {circle, 1.5}, {rect, 2, 7}]],
    erlang:display({total(Areas), word(hello)}).

area(#square{side = S}) -> S * S;
area({circle, R}) -> 3.14159 * R * R;
area({rect, A, B}) when is_integer(A), is_integer(B) -> A * B.

word(Atom) when is_atom(Atom) -> atom_to_binary(Atom, utf8);
word(#{name := Name, tags := [_ | _] = Tags}) -> {Name, length(Tags)};
word(_) -> <<"nothing: ", "grüße"/utf8>>.

pack(Kind, Payload) ->
    <<"AV", Kind:8, (byte_size(Payload)):32, Payload/binary, 1.0:64/float>>.

unpack(<<"AV", Kind:8, Size:32, Payload:Size/binary, F:64/float>>) -> {Kind, Payload, F};
unpack(<<16#1234567890:40, Rest/binary>>) -> {odd, Rest};
unpack(_) -> error(badarg).

ask(Pid, Question) ->
    Ref = make_ref(),
    Pid ! {Ref, Question},
    receive
        {Ref, Answer} -> Answer
    after 1000 -> timeout
    end.

total(List) ->
    try
        lists:foldl(fun(X, Sum) -> X + Sum end, 0, List)
    catch
        error:Reason:Stack -> {Reason, length(Stack)}
    end.

describe(N) ->
    case N of
        0 -> zero;
        1 -> one;
        1000000 -> a_million;
        -70000 -> below;
        123456789012345678901234567890 -> a_lot;
        _ -> #{value => N, kind => other}
    end.

sizes() ->
    {<<5:3>>, "a string", [1, 2, {nested, [[[deep]]]}], #{a => 1, b => #{c => 2.5}}, 1 bsl 300}.

external() ->
    fun lists:reverse/1.
