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

%% They take a number for the end of a list.
native(Data, Encoding) ->
    try
        _ = is_list(Data) andalso length(Data),
        converted(Data, Encoding)
    catch
        error:_ -> error
    end.

converted(Data, latin1) -> try uNicode:characters_to_binary(Data, latin1, utf8) catch error:_ -> error end;
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
