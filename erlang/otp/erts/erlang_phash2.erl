%% OTP's hash of any term: the same number on every node, so that what was stored under it is found (`dets` files) and
%% what was shared out by it stays where it is. Bob Jenkins' mixing of 32-bit words, three at a time.
-module(erlang_phash2).
-export([term/1]).

-define(WORD, 16#ffffffff).

%% The golden ratio, and its multiples for the kinds of terms.
-define(INTEGER, 16#9e3779b9).
-define(NIL, 16#3c6ef372).
-define(ATOM, 16#daa66d2b).
-define(TEXT, 16#78dde6e4).
-define(PID, 16#1715609d).
-define(PORT, 16#b54cda56).
-define(REFERENCE, 16#5384540f).
-define(TUPLE, 16#8ff34781).
-define(NEGATIVE, 16#2e2ac13a).
-define(POSITIVE, 16#cc623af3).
-define(FLOAT, 16#6a99b4ac).
-define(BINARY, 16#08d12e65).
-define(NAME, 16#a708a81e).
-define(BITS, 16#454021d7).
-define(MAP, 16#e3779b90).
-define(PAIRS, 16#be1e08bb).

%% 32 bits.
term(Term) -> hash(Term, 0).

hash(Atom, 0) when erlang:is_atom(Atom) -> atom(Atom);
hash(Atom, Hash) when erlang:is_atom(Atom) -> mixed(atom(Atom), 0, ?ATOM, Hash);
hash([], Hash) -> mixed(2, 0, ?NIL, Hash);
hash(Integer, Hash) when erlang:is_integer(Integer), Integer >= 0, Integer < 1 bsl 27 ->
    mixed(Integer, 0, ?INTEGER, Hash);
hash(Integer, Hash) when erlang:is_integer(Integer), Integer < 0, Integer >= -1 bsl 27 ->
    mixed(Integer band ?WORD, 0, ?INTEGER, mixed(-Integer, 0, ?INTEGER, Hash));
hash(Integer, Hash) when erlang:is_integer(Integer), Integer < 0 -> digits(-Integer, ?NEGATIVE, Hash);
hash(Integer, Hash) when erlang:is_integer(Integer) -> digits(Integer, ?POSITIVE, Hash);
hash([_ | _] = List, Hash) -> text(List, 0, 0, Hash);
hash(Tuple, Hash) when erlang:is_tuple(Tuple) ->
    lists:foldl(fun hash/2, mixed(erlang:tuple_size(Tuple), 0, ?TUPLE, Hash), erlang:tuple_to_list(Tuple));
hash(Binary, Hash) when erlang:is_binary(Binary) ->
    bytes(Binary, (?BINARY + Hash) band ?WORD);
hash(Bits, Hash) when erlang:is_bitstring(Bits) ->
    Size = erlang:bit_size(Bits) band 7,
    Whole = erlang:byte_size(Bits) - 1,
    <<Bytes:Whole/binary, Last:Size>> = Bits,
    mixed(Size, Last, ?BITS, bytes(Bytes, Whole, ?INTEGER, ?INTEGER, (?BINARY + Hash) band ?WORD));
hash(Float, Hash) when erlang:is_float(Float) ->
    %% Both zeros are one.
    <<High:32, Low:32>> = <<(Float + 0.0)/float>>,
    mixed(High, Low, ?FLOAT, Hash);
hash(Map, Hash) when erlang:is_map(Map) ->
    Sized = mixed(erlang:map_size(Map), 0, ?MAP, Hash),
    %% In whatever order the pairs come.
    Pairs = maps:fold(fun(Key, Value, Pairs) -> Pairs bxor hash(Value, hash(Key, 0)) end, 0, Map),
    case erlang:map_size(Map) of
        0 -> Sized;
        _ -> mixed(Pairs, 0, ?PAIRS, Sized)
    end;
hash(Pid, Hash) when erlang:is_pid(Pid) -> mixed(number(Pid, 12), 0, ?PID, Hash);
hash(Port, Hash) when erlang:is_port(Port) -> mixed(number(Port, 8), 0, ?PORT, Hash);
hash(Reference, Hash) when erlang:is_reference(Reference) ->
    <<_, _, Words:16, _/binary>> = erlang:term_to_binary(Reference),
    mixed(number(Reference, 4 * Words), 0, ?REFERENCE, Hash);
hash(Fun, Hash) ->
    case erlang:fun_info(Fun, type) of
        {type, external} ->
            {Module, Name, Arity} = erlang:fun_info_mfa(Fun),
            mixed(atom(Name), 0, ?NAME, mixed(Arity, atom(Module), ?INTEGER, Hash));
        %% Numbers that a compiler gave.
        {type, local} ->
            bytes(erlang:term_to_binary(Fun), Hash)
    end.

%% The word so many bytes before the end of an identifier.
number(Identifier, Back) ->
    Bytes = erlang:term_to_binary(Identifier),
    Before = erlang:byte_size(Bytes) - Back,
    <<_:Before/binary, Number:32, _/binary>> = Bytes,
    Number.

%% The bytes that begin a list, four in a word; then its next element, and what is behind it.
text([Byte | Rest], Word, 3, Hash) when erlang:is_integer(Byte), Byte >= 0, Byte < 256 ->
    text(Rest, 0, 0, mixed((Word bsl 8) + Byte, 0, ?TEXT, Hash));
text([Byte | Rest], Word, Count, Hash) when erlang:is_integer(Byte), Byte >= 0, Byte < 256 ->
    text(Rest, (Word bsl 8) + Byte, Count + 1, Hash);
text(List, Word, Count, Hash) when Count > 0 ->
    text(List, 0, 0, mixed(Word, 0, ?TEXT, Hash));
text([Element | Rest], _, _, Hash) ->
    hash(Rest, hash(Element, Hash));
text(Rest, _, _, Hash) ->
    hash(Rest, Hash).

digits(0, _, Hash) -> Hash;
digits(Number, Kind, Hash) ->
    digits(Number bsr 64, Kind, mixed(Number band ?WORD, (Number bsr 32) band ?WORD, Kind, Hash)).

%% The hash of Weinberger for an atom's characters, those of Latin-1 as one byte each and others as their bytes in UTF-8.
atom(Atom) -> characters(erlang:atom_to_binary(Atom), 0).

characters(<<6:3, 1:4, High:1, 2:2, Low:6, Rest/binary>>, Hash) -> characters(Rest, character(((2 + High) bsl 6) + Low, Hash));
characters(<<Byte, Rest/binary>>, Hash) -> characters(Rest, character(Byte, Hash));
characters(<<>>, Hash) -> Hash.

character(Byte, Hash) ->
    Next = ((Hash bsl 4) + Byte) band ?WORD,
    High = Next band 16#f0000000,
    Next bxor (High bsr 24) bxor High.

%% Twelve bytes at a time, then what is left, in which the last word begins behind the length.
bytes(<<>>, Hash) -> Hash;
bytes(Bytes, Hash) -> bytes(Bytes, erlang:byte_size(Bytes), ?INTEGER, ?INTEGER, Hash).

bytes(<<A:32/little, B:32/little, C:32/little, Rest/binary>>, Size, X, Y, Z) ->
    {Xs, Ys, Zs} = mix((X + A) band ?WORD, (Y + B) band ?WORD, (Z + C) band ?WORD),
    bytes(Rest, Size, Xs, Ys, Zs);
bytes(Rest, Size, X, Y, Z) ->
    Missing = 12 - erlang:byte_size(Rest),
    <<A:32/little, B:32/little, C:24/little, _>> = <<Rest/binary, 0:(8 * Missing)>>,
    {_, _, Hash} = mix((X + A) band ?WORD, (Y + B) band ?WORD, (Z + Size + (C bsl 8)) band ?WORD),
    Hash.

mixed(One, Other, Kind, Hash) ->
    {_, _, Mixed} = mix((Kind + One) band ?WORD, (Kind + Other) band ?WORD, Hash),
    Mixed.

mix(A0, B0, C0) ->
    A1 = ((A0 - B0 - C0) band ?WORD) bxor (C0 bsr 13),
    B1 = ((B0 - C0 - A1) band ?WORD) bxor ((A1 bsl 8) band ?WORD),
    C1 = ((C0 - A1 - B1) band ?WORD) bxor (B1 bsr 13),
    A2 = ((A1 - B1 - C1) band ?WORD) bxor (C1 bsr 12),
    B2 = ((B1 - C1 - A2) band ?WORD) bxor ((A2 bsl 16) band ?WORD),
    C2 = ((C1 - A2 - B2) band ?WORD) bxor (B2 bsr 5),
    A3 = ((A2 - B2 - C2) band ?WORD) bxor (C2 bsr 3),
    B3 = ((B2 - C2 - A3) band ?WORD) bxor ((A3 bsl 10) band ?WORD),
    C3 = ((C2 - A3 - B3) band ?WORD) bxor (B3 bsr 15),
    {A3, B3, C3}.
