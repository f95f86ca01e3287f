%% Parts of binaries that begin within a byte. The VM copies no such part and puts none in; it has the bytes around
%% them, and numbers of some bits. Compilers for AtomVM call this where a size says that a part begins there.
-module(erlang_bits).
-export([joined/1, from/2]).

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
joined(_, _, _, _) ->
    erlang:error(badarg).

field(Parts, Done, 0, 0, Number, Bits) when Bits rem 8 =:= 0 ->
    joined(Parts, <<Done/binary, Number:Bits>>, 0, 0);
field(Parts, Done, Left, Size, Number, Bits) ->
    Value = Left bsl Bits bor (Number band (1 bsl Bits - 1)),
    Rest = (Size + Bits) rem 8,
    joined(Parts, <<Done/binary, (Value bsr Rest):(Size + Bits - Rest)>>, Value band (1 bsl Rest - 1), Rest).

%% Behind Size bits, which are Left, all bytes move by as much; what is over is the last bits.
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
