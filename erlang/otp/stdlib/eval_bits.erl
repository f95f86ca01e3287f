%% Binaries in the evaluator. The VM has no bit strings that are not whole bytes, which OTP's evaluator makes between
%% two parts of a binary: here such a rest is {bits, Binary, Offset}, and a field that is not whole bytes waits as
%% {Value, Size} for those that follow it.
-module(eval_bits).

create_binary(Fields, _Binary) -> erlang_bits:joined(lists:append([parts(Field()) || Field <- Fields])).

parts(Parts) when is_list(Parts) -> Parts;
parts(Part) -> [Part].

%% Characters of a string, each a field of its own; without any, its size is looked at all the same.
eval_field({bin_element, _, {string, _, Text}, Size, Types}, Bs, _, _, _)
  when Size =:= default, Types =:= default;
       element(1, Size) =:= integer, element(3, Size) =:= 8, Types =:= [integer, {unit, 1}, unsigned, big] ->
    {fun() -> list_to_binary([Char band 255 || Char <- Text]) end, Bs};
eval_field({bin_element, Anno, {string, _, Text}, Size0, Options0}, Bs0, Fun, ErrorFun, Pos) ->
    {Size1, [Type, {unit, Unit}, Sign, Endian]} = make_bit_type(Anno, Size0, Options0, ErrorFun),
    {value, Size, Bs} = Fun(Size1, Bs0),
    Field = fun(Char) -> eval_exp_field1(Anno, Char, Size, Unit, Type, Endian, Sign, ErrorFun, Pos) end,
    {fun() ->
        case Text of
            "" -> _ = Field(0), [];
            _ -> [Field(Char) || Char <- Text]
        end
     end, Bs};
eval_field({bin_element, Anno, Expression, Size0, Options0}, Bs0, Fun, ErrorFun, Pos) ->
    {value, Value, Bs1} = Fun(Expression, Bs0),
    {Size1, [Type, {unit, Unit}, Sign, Endian]} = make_bit_type(Anno, Size0, Options0, ErrorFun),
    {value, Size, Bs} = Fun(Size1, Bs1),
    {fun() -> eval_exp_field1(Anno, Value, Size, Unit, Type, Endian, Sign, ErrorFun, Pos) end, Bs}.

eval_exp_field1(_Anno, Value, Size, Unit, integer, Endian, _Sign, _ErrorFun, _Pos)
  when is_integer(Value), is_integer(Size), Size >= 0, Size * Unit rem 8 =/= 0 ->
    Bits = Size * Unit,
    {case Endian of big -> Value; _ -> erlang_bits:to_little(Value, Bits) end, Bits};
eval_exp_field1(Anno, Value0, Size, Unit, Type, Endian, Sign, ErrorFun, Pos) ->
    try
        Value = case Type of
            integer when is_integer(Size), Size * Unit > 64 -> erlang_bits:cut(Value0, Size * Unit);
            _ -> Value0
        end,
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
get_value({bits, Bin, Offset}, Type, Size, Unit, Sign, Endian)
  when Type =:= float; Type =:= binary, is_integer(Size), Size * Unit rem 8 =:= 0 ->
    true = Offset + Size * Unit =< bit_size(Bin),
    {Value, _} = get_value(erlang_bits:from(Bin, Offset), Type, Size, Unit, Sign, Endian),
    {Value, {bits, Bin, Offset + Size * Unit}};
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

get_integer({bits, Binary, Offset}, Size, Sign, Endian) -> get_integer(Binary, Offset, Size, Sign, Endian);
get_integer(Binary, Size, Sign, Endian) -> get_integer(Binary, 0, Size, Sign, Endian).

get_integer(Binary, Offset, Size, Sign, Endian) when Endian =:= big; Size =< 8 ->
    integer_at(Binary, Offset, Size, Sign);
get_integer(Binary, Offset, Size, Sign, _Endian) ->
    {Value, Rest} = integer_at(Binary, Offset, Size, unsigned),
    {erlang_bits:from_little(Value, Size, Sign), Rest}.

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
