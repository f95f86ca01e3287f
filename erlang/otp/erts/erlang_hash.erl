%% A hash of any term, the same in every run: the checksum of its external form. And Adler's checksum of bytes.
%% Not the numbers of OTP's oldest hash, for which this stands in.
-module(erlang_hash).
-export([term/1, adler/3]).

term(Term) -> erlang:crc32(erlang:term_to_binary(Term)).

adler(<<Byte, Rest/binary>>, Low, High) ->
    Next = (Low + Byte) rem 65521,
    adler(Rest, Next, (High + Next) rem 65521);
adler(<<>>, Low, High) ->
    High bsl 16 bor Low.
