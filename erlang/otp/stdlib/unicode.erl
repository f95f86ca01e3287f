%% The native part of `unicode`. AtomVM's natives convert what is right; what they do not take is looked at in Erlang,
%% since OTP says where it went wrong and what is left.
-module(unicode).
-export([bin_is_7bit/1, characters_to_binary/2, characters_to_list/2]).

bin_is_7bit(<<Byte, Rest/binary>>) when Byte < 128 -> bin_is_7bit(Rest);
bin_is_7bit(<<>>) -> true;
bin_is_7bit(_) -> false.

characters_to_binary(Data, Encoding) when Encoding =:= utf8; Encoding =:= unicode; Encoding =:= latin1 ->
    case native(Data, Encoding) of
        Binary when is_binary(Binary) -> Binary;
        _ -> careful(characters_to_binary, Data, Encoding)
    end;
characters_to_binary(Data, Encoding) ->
    characters_to_binary_int(Data, Encoding).

characters_to_list(Data, Encoding) when Encoding =:= utf8; Encoding =:= unicode; Encoding =:= latin1 ->
    case native(Data, Encoding) of
        Binary when is_binary(Binary) ->
            uNicode:characters_to_list(Binary, utf8);
        _ ->
            case careful(characters_to_list, Data, Encoding) of
                Binary when is_binary(Binary) -> uNicode:characters_to_list(Binary, utf8);
                {What, Converted, Rest} -> {What, uNicode:characters_to_list(Converted, utf8), Rest}
            end
    end;
characters_to_list(Data, Encoding) ->
    characters_to_list_int(Data, Encoding).

%% They take a number for the end of a list, and one above 255 for a byte.
native(Data, Encoding) ->
    try
        _ = is_list(Data) andalso length(Data),
        converted(Data, Encoding)
    catch
        error:_ -> error
    end.

converted(Data, latin1) ->
    try uNicode:characters_to_binary(iolist_to_binary(Data), latin1, utf8) catch error:_ -> error end;
converted(Data, _) -> try uNicode:characters_to_binary(Data, utf8) catch error:_ -> error end.

careful(Name, Data, Encoding) ->
    Read = i_trans(Encoding),
    Largest = case Encoding of latin1 -> 255; _ -> 16#10FFFF end,
    try ml_map(Data, fun(Part, Done) -> converted(Part, Done, Read, Largest) end, <<>>) of
        {incomplete, Converted, Rest, _} -> {incomplete, Converted, Rest};
        Other -> Other
    catch
        error:_ ->
            erlang_raise:error(badarg, [Data, Encoding], [{error_info, #{module => erl_stdlib_errors}}],
                               {unicode, Name, 2})
    end.

converted(Part, Done, Read, _Largest) when is_binary(Part) ->
    case Read(Part) of
        Chars when is_list(Chars) -> added(Done, Chars);
        {error, Chars, Rest} -> {error, added(Done, Chars), Rest};
        {incomplete, Chars, Rest, Missing} -> {incomplete, added(Done, Chars), Rest, Missing}
    end;
converted(Part, Done, _Read, Largest)
  when Part >= 0, Part =< Largest, Part < 16#D800; Part > 16#DFFF, Part =< Largest ->
    added(Done, [Part]);
converted(Part, Done, _, _) ->
    {error, Done, Part}.

added(Done, Chars) -> <<Done/binary, (uNicode:characters_to_binary(Chars, utf8))/binary>>.

%% Of a binary that is neither UTF-8 nor Latin-1 the characters are read straight into a list.
do_characters_to_list(Data, Encoding) when is_binary(Data) ->
    case (i_trans(Encoding))(Data) of
        {incomplete, Chars, Rest, _} -> {incomplete, Chars, Rest};
        Other -> Other
    end;
do_characters_to_list(Data, Encoding) ->
    case unicode:characters_to_binary(Data, Encoding) of
        Binary when is_binary(Binary) -> unicode:characters_to_list(Binary, utf8);
        {What, Binary, Rest} -> {What, unicode:characters_to_list(Binary, utf8), Rest}
    end.

%% OTP reads and writes each character in a call of its own, inside the one before it, which catches what is wrong.
do_i_utf8(Binary) -> from_utf8(Binary, []).
do_i_utf16_big(Binary) -> from_utf16_big(Binary, []).
do_i_utf16_little(Binary) -> from_utf16_little(Binary, []).
do_i_utf32_big(Binary) -> from_utf32_big(Binary, []).
do_i_utf32_little(Binary) -> from_utf32_little(Binary, []).

from_utf8(<<Char/utf8, Rest/binary>>, Chars) -> from_utf8(Rest, [Char | Chars]);
from_utf8(Rest, Chars) -> read(utf8, Rest, Chars).

from_utf16_big(<<Char/utf16, Rest/binary>>, Chars) -> from_utf16_big(Rest, [Char | Chars]);
from_utf16_big(Rest, Chars) -> read({utf16, big}, Rest, Chars).

from_utf16_little(<<Char/utf16-little, Rest/binary>>, Chars) -> from_utf16_little(Rest, [Char | Chars]);
from_utf16_little(Rest, Chars) -> read({utf16, little}, Rest, Chars).

from_utf32_big(<<Char/utf32, Rest/binary>>, Chars) -> from_utf32_big(Rest, [Char | Chars]);
from_utf32_big(Rest, Chars) -> read({utf32, big}, Rest, Chars).

from_utf32_little(<<Char/utf32-little, Rest/binary>>, Chars) -> from_utf32_little(Rest, [Char | Chars]);
from_utf32_little(Rest, Chars) -> read({utf32, little}, Rest, Chars).

%% What begins no character, or no whole one.
read(_, <<>>, Chars) ->
    lists:reverse(Chars);
read(Encoding, Rest, Chars) ->
    case cbv(Encoding, Rest) of
        false -> {error, lists:reverse(Chars), Rest};
        Missing -> {incomplete, lists:reverse(Chars), Rest, Missing}
    end.

o_trans(latin1) -> fun list_to_binary/1;
o_trans(unicode) -> o_trans(utf8);
o_trans(utf16) -> o_trans({utf16, big});
o_trans(utf32) -> o_trans({utf32, big});
o_trans(Encoding) ->
    fun(Chars) ->
        try
            iolist_to_binary(write(Encoding, Chars))
        catch
            error:_ -> do_o_binary(fun(Char) -> iolist_to_binary(write(Encoding, [Char])) end, Chars)
        end
    end.

write(utf8, Chars) -> [<<Char/utf8>> || Char <- Chars];
write({utf16, big}, Chars) -> [<<Char/utf16>> || Char <- Chars];
write({utf16, little}, Chars) -> [<<Char/utf16-little>> || Char <- Chars];
write({utf32, big}, Chars) -> [<<Char/utf32>> || Char <- Chars];
write({utf32, little}, Chars) -> [<<Char/utf32-little>> || Char <- Chars].
