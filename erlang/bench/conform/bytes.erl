%% Binaries: construction, matching, sub-binaries, text, the external term format.
-module(bytes).
-export([start/0]).

start() ->
    show:all([
        {sizes, fun() -> [<<1:N>> || N <- [8, 16, 24, 32, 40, 48, 56, 64]] end},
        {endian, fun() -> <<16#01020304:32/little, 16#01020304:32/big, -2:16/signed>> end},
        {fields, fun() -> <<A:16, B:8/signed, C:32/little, D/binary>> = <<1, 2, 255, 1, 0, 0, 0, "rest">>, {A, B, C, D} end},
        {sized, fun() -> N = 3, <<S:N/binary, R/binary>> = <<"abcdef">>, {S, R} end},
        {utf8, fun() -> [<<C/utf8>> || C <- [$a, 16#e9, 16#20ac, 16#1f600]] end},
        {utf8_in, fun() -> [C || <<C/utf8>> <= <<"aé€😀"/utf8>>] end},
        {utf16, fun() -> <<C/utf16, _/binary>> = <<16#1f600/utf16, 1>>, C end},
        {no_match, fun() -> <<_:32>> = tail(<<1, 2, 3>>) end},
        {skip, fun() -> skip(<<0, 0, 5, 1, 2, 3, 4, 5, 6>>) end},
        {count, fun() -> count(<<"the quick brown fox jumps over the lazy dog and then some more of it">>, 0) end},
        {comprehension, fun() -> << <<(B + 1)>> || <<B>> <= <<"HAL">> >> end},
        {parts, fun() -> B = large(), [binary:part(B, 10, 5), binary:at(B, 99), binary:first(B), binary:last(B), binary_part(B, 200, -3)] end},
        {split, fun() -> [binary:split(<<"a,b,c">>, <<",">>), binary:split(<<"a,b,c">>, <<",">>, [global]), split_binary(large(), 250)] end},
        {match, fun() -> [binary:match(large(), <<100, 101>>), binary:match(<<"x">>, <<"y">>)] end},
        {replace, fun() -> binary:replace(<<"a-b-c">>, <<"-">>, <<"+">>, [global]) end},
        {copy, fun() -> binary:copy(<<"ab">>, 3) end},
        {bad_part, fun() -> binary:part(<<"abc">>, 2, 5) end},
        {lists, fun() -> [list_to_binary(["a", <<"b">>, [1, [2 | <<3>>]]]), binary_to_list(<<"xyz">>), iolist_size([1, <<2, 3>>, [[4]]])] end},
        {bad_iolist, fun() -> list_to_binary(id([1, 256])) end},
        {compare, fun() -> [<<"a">> < <<"ab">>, <<"b">> > <<"ab">>, <<>> == <<>>, tail(<<1, 2>>) =:= <<2>>] end},
        {base64, fun() -> [base64:encode(<<"hello world">>), base64:decode(<<"aGVsbG8=">>)] end},
        {crc, fun() -> erlang:crc32(<<"123456789">>) end},
        {unicode, fun() -> [unicode:characters_to_list(<<"é€"/utf8>>), unicode:characters_to_binary([16#e9, "ab", <<"c">>])] end},
        {terms, fun() -> [{T, binary_to_term(term_to_binary(T)) =:= T} || T <- terms()] end},
        {term_bytes, fun() -> [term_to_binary(T) || T <- terms()] end},
        {bad_term, fun() -> binary_to_term(<<131, 200, 1>>) end},
        {large, fun() -> B = grow(<<"0123456789">>, 8), {byte_size(B), sum(B, 0)} end}
    ]).

tail(<<_, Rest/binary>>) -> Rest.

skip(<<0, Rest/binary>>) -> skip(Rest);
skip(<<N, Body:N/binary, Rest/binary>>) -> {N, Body, Rest}.

count(<<$\s, Rest/binary>>, N) -> count(Rest, N + 1);
count(<<_, Rest/binary>>, N) -> count(Rest, N);
count(<<>>, N) -> N.

large() -> list_to_binary(seq(0, 255)).

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].

grow(B, 0) -> B;
grow(B, N) -> grow(<<B/binary, B/binary>>, N - 1).

sum(<<X, Rest/binary>>, Sum) -> sum(Rest, (Sum * 33 + X) rem 1000003);
sum(<<>>, Sum) -> Sum.

terms() ->
    [0, -1, 255, 256, 123456789012, -123456789012345678901234567890, 1.5, ok, [], [1, 2, 3], "text",
        {a, {b, [c]}}, <<"binary">>, #{a => 1, "b" => #{}}, [1 | 2], true, large()].

id(X) -> X.
