%% Numbers of more than 64 bits in the evaluator, and `little` ones that are not whole bytes: the VM does not put them
%% into a binary or take them out.
-module(eval_bits).
-extends([{eval_exp_field, 6}, {get_integer, 4}]).

eval_exp_field(Value, Size, Unit, integer, Endian, _)
  when is_integer(Value), is_integer(Size), Size * Unit > 64;
       is_integer(Value), is_integer(Size), Endian =/= big, Size * Unit > 8, Size * Unit rem 8 =/= 0 ->
    erlang_bits:field(Value, Size * Unit, order(Endian));
eval_exp_field(Value, all, Unit, binary, _, _) when bit_size(Value) rem Unit =/= 0 ->
    erlang:error(badarg);
eval_exp_field(Value, Size, Unit, Type, Endian, Sign) ->
    otp_eval_exp_field(Value, Size, Unit, Type, Endian, Sign).

get_integer(Bits, Size, Sign, Endian) when Size > 64; Endian =/= big, Size > 8, Size rem 8 =/= 0 ->
    <<Field:Size/bitstring, Rest/bitstring>> = Bits,
    {erlang_bits:number(Field, Sign, order(Endian)), Rest};
get_integer(Bits, Size, Sign, Endian) ->
    otp_get_integer(Bits, Size, Sign, Endian).

order(big) -> big;
order(_) -> little.
