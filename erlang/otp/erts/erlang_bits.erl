%% Parts of binaries that begin within a byte. The VM copies no such part and puts none in; it has the bytes around
%% them, and numbers of some bits. Compilers for AtomVM call this where a size says that a part begins there.
-module(erlang_bits).
-export([joined/1, from/2, to_little/2, from_little/3, cut/2]).

%% So many bits move in one step: numbers of more than 64 bits are slow.
-define(WORD, 56).

%% A binary of parts, in which {Number, Bits} is a field; whole bytes in the end.
joined(Parts) -> joined(Parts, <<>>, 0, 0).

joined([{Number, Bits} | Parts], Done, Left, Size) when erlang:is_integer(Number) ->
    field(Parts, Done, Left, Size, Number, Bits);
joined([Binary | Parts], Done, Left, 0) when erlang:is_binary(Binary) ->
    joined(Parts, <<Done/binary, Binary/binary>>, Left, 0);
joined([Binary | Parts], Done, Left, Size) when erlang:is_binary(Binary) ->
    {Bytes, Last} = shifted(Binary, Left, Size, []),
    joined(Parts, <<Done/binary, Bytes/binary>>, Last, Size);
joined([], Done, _, 0) ->
    Done;
joined([], _, _, _) ->
    erlang:error(unsupported);
joined(_, _, _, _) ->
    erlang:error(badarg).

field(Parts, Done, 0, 0, Number, Bits) when Bits rem 8 =:= 0 ->
    joined(Parts, <<Done/binary, Number:Bits>>, 0, 0);
field(Parts, Done, Left, Size, Number, Bits) ->
    Value = Left bsl Bits bor (Number band (1 bsl Bits - 1)),
    Rest = (Size + Bits) rem 8,
    joined(Parts, <<Done/binary, (Value bsr Rest):(Size + Bits - Rest)>>, Value band (1 bsl Rest - 1), Rest).

%% Behind Size bits, which are Left, all bytes move by as much; what is over is the last bits.
shifted(<<Word:?WORD, Rest/binary>>, Left, Size, Bytes) ->
    Moved = Left bsl (?WORD - Size) bor (Word bsr Size),
    shifted(Rest, Word band (1 bsl Size - 1), Size, [<<Moved:?WORD>> | Bytes]);
shifted(<<Byte, Rest/binary>>, Left, Size, Bytes) ->
    Both = Left bsl 8 bor Byte,
    shifted(Rest, Both band (1 bsl Size - 1), Size, [Both bsr Size | Bytes]);
shifted(<<>>, Left, _Size, Bytes) ->
    {erlang:list_to_binary(lists:reverse(Bytes)), Left}.

%% What is behind so many bits, which end within a byte, with zeros up to a whole one.
from(Binary, Bits) ->
    Bytes = Bits div 8,
    Size = 8 - Bits rem 8,
    <<_:Bytes/binary, First, Rest/binary>> = Binary,
    {Moved, Last} = shifted(Rest, First band (1 bsl Size - 1), Size, []),
    <<Moved/binary, (Last bsl (8 - Size))>>.

%% The number that stands in a field of so many bits as Number does in one with the byte of least weight in front. What
%% is less than a byte comes last.
to_little(Number, Bits) when Bits =< 8; not erlang:is_integer(Number) ->
    Number;
to_little(Number, Bits) ->
    Behind = Bits - 8,
    ((Number band 255) bsl Behind) bor (to_little(Number bsr 8, Behind) band (1 bsl Behind - 1)).

%% The other way, of a number without a sign; `signed` gives it the one of its first bit.
from_little(Number, Bits, signed) ->
    case from_little(Number, Bits, unsigned) of
        Large when Large bsr (Bits - 1) =:= 1 -> Large - (1 bsl Bits);
        Small -> Small
    end;
from_little(Number, Bits, unsigned) when Bits =< 8 ->
    Number;
from_little(Number, Bits, unsigned) ->
    Behind = Bits - 8,
    from_little(Number band (1 bsl Behind - 1), Behind, unsigned) bsl 8 bor (Number bsr Behind).

%% A number as the field of so many bits holds it. More than 256 bits are more than a number has.
cut(Number, Bits) when erlang:is_integer(Number), Bits < 256 -> Number band (1 bsl Bits - 1);
cut(Number, _) when erlang:is_integer(Number), Number < 0 -> erlang:error(unsupported);
cut(Number, _) -> Number.
