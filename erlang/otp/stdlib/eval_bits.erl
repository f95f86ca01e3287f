%% Binaries in the evaluator. The VM has no bit strings that are not whole bytes, which OTP's evaluator makes between
%% two parts of a binary: here such a rest is {bits, Binary, Offset}, and a field that is not whole bytes waits as
%% {bits, Value, Size} for those that follow it.
-module(eval_bits).

create_binary(Fields, Binary) -> created(Fields, Binary, 0, 0).

created([Field | Fields], Done, Value, Size) ->
    case Field() of
        {bits, More, MoreSize} -> whole(Fields, Done, Value bsl MoreSize bor More, Size + MoreSize);
        Binary when Size =:= 0 -> created(Fields, <<Done/binary, Binary/binary>>, 0, 0);
        Binary -> whole(Fields, Done, Value bsl bit_size(Binary) bor binary:decode_unsigned(Binary), Size + bit_size(Binary))
    end;
created([], Done, _Value, 0) ->
    Done;
created([], _Done, _Value, _Size) ->
    erlang:error(badarg).

whole(Fields, Done, Value, Size) ->
    Left = Size rem 8,
    created(Fields, <<Done/binary, (Value bsr Left):(Size - Left)>>, Value band (1 bsl Left - 1), Left).

eval_exp_field1(_Anno, Value, Size, Unit, integer, _Endian, _Sign, _ErrorFun, _Pos)
  when is_integer(Value), is_integer(Size), Size >= 0, Size * Unit rem 8 =/= 0 ->
    {bits, Value band (1 bsl (Size * Unit) - 1), Size * Unit};
eval_exp_field1(Anno, Value, Size, Unit, Type, Endian, Sign, ErrorFun, Pos) ->
    try
        eval_exp_field(Value, Size, Unit, Type, Endian, Sign)
    catch
        error:system_limit:Stack -> ErrorFun(Anno, system_limit, add_eval_pos_to_error_info(Stack, Pos));
        error:_:Stack -> ErrorFun(Anno, badarg, add_eval_pos_to_error_info(Stack, Pos))
    end.

bin_gen_field1(Bin, Type, Size, Unit, Sign, Endian, NewV, Bs0, BBs0, Mfun) ->
    try get_value(Bin, Type, Size, Unit, Sign, Endian) of
        {Value, Rest} ->
            try Mfun(match, {NewV, Value, Bs0}) of
                {match, Bs} -> {match, Bs, add_bin_binding(Mfun, NewV, Bs, BBs0), Rest};
                _ -> {nomatch, Rest}
            catch
                _:_ -> {nomatch, Rest}
            end
    catch
        _:_ when Type =:= float ->
            try get_value(Bin, integer, Size, Unit, Sign, Endian) of
                {_, Rest} -> {nomatch, Rest}
            catch
                _:_ -> done
            end;
        _:_ ->
            done
    end.

get_value(Bin, integer, Size, Unit, Sign, Endian) ->
    get_integer(Bin, Size * Unit, Sign, Endian);
get_value(Bin, float, Size, Unit, _Sign, Endian) when is_binary(Bin) ->
    get_float(Bin, Size * Unit, Endian);
get_value(Bin, binary, all, Unit, _Sign, _Endian) when is_binary(Bin) ->
    0 = bit_size(Bin) rem Unit,
    {Bin, <<>>};
get_value(Bin, binary, Size, Unit, _Sign, _Endian) when is_binary(Bin), Size * Unit rem 8 =:= 0 ->
    Bytes = Size * Unit div 8,
    <<Part:Bytes/binary, Rest/binary>> = Bin,
    {Part, Rest};
get_value(Bin, utf8, undefined, _Unit, _Sign, _Endian) ->
    <<Char/utf8, Rest/binary>> = Bin,
    {Char, Rest};
get_value(Bin, utf16, undefined, _Unit, _Sign, big) ->
    <<Char/big-utf16, Rest/binary>> = Bin,
    {Char, Rest};
get_value(Bin, utf16, undefined, _Unit, _Sign, _Endian) ->
    <<Char/little-utf16, Rest/binary>> = Bin,
    {Char, Rest};
get_value(Bin, utf32, undefined, _Unit, _Sign, big) ->
    <<Char/big-utf32, Rest/binary>> = Bin,
    {Char, Rest};
get_value(Bin, utf32, undefined, _Unit, _Sign, _Endian) ->
    <<Char/little-utf32, Rest/binary>> = Bin,
    {Char, Rest}.

get_integer({bits, Binary, Offset}, Size, Sign, _Endian) -> integer_at(Binary, Offset, Size, Sign);
get_integer(Binary, Size, Sign, big) -> integer_at(Binary, 0, Size, Sign);
get_integer(Binary, Size, Sign, Endian) when Size rem 8 =:= 0 ->
    Bytes = Size div 8,
    <<Part:Bytes/binary, Rest/binary>> = Binary,
    Value = binary:decode_unsigned(Part, case Endian of native -> little; _ -> Endian end),
    {signed(Value, Size, Sign), Rest};
get_integer(Binary, Size, Sign, _Endian) when Size < 8 ->
    integer_at(Binary, 0, Size, Sign).

integer_at(Binary, Offset, Size, Sign) ->
    true = Size >= 0 andalso Offset + Size =< bit_size(Binary),
    First = Offset div 8,
    Last = (Offset + Size + 7) div 8,
    Value = binary:decode_unsigned(binary:part(Binary, First, Last - First)) bsr (Last * 8 - Offset - Size),
    {signed(Value band (1 bsl Size - 1), Size, Sign), rest(Binary, Offset + Size)}.

signed(Value, Size, signed) when Size > 0, Value >= 1 bsl (Size - 1) -> Value - (1 bsl Size);
signed(Value, _, _) -> Value.

rest(Binary, Offset) when Offset rem 8 =:= 0 ->
    binary:part(Binary, Offset div 8, byte_size(Binary) - Offset div 8);
rest(Binary, Offset) ->
    {bits, Binary, Offset}.
