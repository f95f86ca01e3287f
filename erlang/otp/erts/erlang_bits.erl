%% Lists of bits, and numbers in binaries that the VM does not put there or take out: of more than 64 bits, and `little` ones that are not
%% whole bytes. The evaluator calls this, and so does code whose compiler saw such a size.
-module(erlang_bits).
-export([to_list/1, from_list/1, field/3, number/3]).

%% So many bits move in one step: numbers of more than 64 bits are slow.
-define(WORD, 56).

%% Whole bytes, and what is behind them.
to_list(Bits) when is_binary(Bits) ->
    binary_to_list(Bits);
to_list(Bits) ->
    Size = bit_size(Bits) band 7,
    Bytes = byte_size(Bits) - 1,
    <<Whole:Bytes/binary, Last:Size/bitstring>> = Bits,
    binary_to_list(Whole) ++ [Last].

%% A wrong argument where something is neither a byte nor bits nor a list of such.
from_list(List) when is_list(List) -> joined(List, <<>>);
from_list(_) -> erlang:error(badarg).

joined([Byte | Rest], Bits) when is_integer(Byte), Byte >= 0, Byte =< 255 -> joined(Rest, <<Bits/bitstring, Byte>>);
joined([Part | Rest], Bits) when is_bitstring(Part) -> joined(Rest, <<Bits/bitstring, Part/bitstring>>);
joined([List | Rest], Bits) when is_list(List) -> joined(Rest, joined(List, Bits));
joined([], Bits) -> Bits;
joined(Last, Bits) when is_bitstring(Last) -> <<Bits/bitstring, Last/bitstring>>;
joined(_, _) -> erlang:error(badarg).

%% A number as a field of so many bits holds it.
field(Number, Bits, big) when is_integer(Number), Bits >= 0 ->
    wide(Number, Bits);
field(Number, Bits, little) when is_integer(Number), Bits >= 0 ->
    wide(to_little(Number, Bits), Bits);
field(_, _, _) ->
    erlang:error(badarg).

wide(Number, Bits) -> wide(Number, Bits, []).

wide(Number, Bits, Words) when Bits > ?WORD ->
    wide(Number bsr ?WORD, Bits - ?WORD, [Number band (1 bsl ?WORD - 1) | Words]);
wide(Number, Bits, Words) ->
    First = Number band (1 bsl Bits - 1),
    << <<First:Bits>>/bitstring, << <<Word:?WORD>> || Word <- Words >>/bitstring >>.

%% The number that a field holds, which is all of the bits.
number(Field, Sign, big) ->
    signed(narrow(Field, 0), bit_size(Field), Sign);
number(Field, Sign, little) ->
    Bits = bit_size(Field),
    signed(from_little(narrow(Field, 0), Bits), Bits, Sign).

narrow(<<Word:?WORD, Rest/bitstring>>, Number) ->
    narrow(Rest, Number bsl ?WORD bor Word);
narrow(Rest, Number) ->
    Bits = bit_size(Rest),
    <<Last:Bits>> = Rest,
    Number bsl Bits bor Last.

signed(Number, Bits, signed) when Bits > 0, Number bsr (Bits - 1) =:= 1 -> Number - (1 bsl Bits);
signed(Number, _, _) -> Number.

%% The number that stands in a field of so many bits as Number does in one with the byte of least weight in front. What
%% is less than a byte comes last.
to_little(Number, Bits) when Bits =< 8 ->
    Number;
to_little(Number, Bits) ->
    Behind = Bits - 8,
    ((Number band 255) bsl Behind) bor (to_little(Number bsr 8, Behind) band (1 bsl Behind - 1)).

from_little(Number, Bits) when Bits =< 8 ->
    Number;
from_little(Number, Bits) ->
    Behind = Bits - 8,
    from_little(Number band (1 bsl Behind - 1), Behind) bsl 8 bor (Number bsr Behind).
