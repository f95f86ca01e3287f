%% Patterns with numbers that are known. OTP makes one string of the bits of such numbers; the VM, in which this runs,
%% has no string that is not whole bytes.
-module(beam_core_to_ssa).

integer_fits_and_is_expandable(Number, Size) when is_integer(Number), is_integer(Size), 0 < Size, Size =< 1024 ->
    %% No number of the VM has more bits than these.
    Number >= 0 andalso (Size >= 256 orelse Number bsr Size =:= 0);
integer_fits_and_is_expandable(_, _) ->
    false.

build_bin_seg_integer_recur(Bits, Value, Next) when Bits =< 8 ->
    build_bin_seg_integer(Bits, Value band (1 bsl Bits - 1), Next);
build_bin_seg_integer_recur(Bits, Value, Next) ->
    build_bin_seg_integer(8, (Value bsr (Bits - 8)) band 255, build_bin_seg_integer_recur(Bits - 8, Value, Next)).

%% What is not whole bytes is taken out as a number and compared, which is OTP's way for what can be no string.
select_assert_match_possible(Size, Value, Flags)
  when is_integer(Size), Size >= 0, Size rem 8 =:= 0, is_integer(Value) ->
    case lists:member(signed, Flags) of
        _ when Size >= 256 -> ok;
        true when Size > 0, Value >= -(1 bsl (Size - 1)), Value < 1 bsl (Size - 1) -> ok;
        false when Value >= 0, Value < 1 bsl Size -> ok;
        true when Size =:= 0, Value =:= 0 -> ok;
        _ -> throw(not_possible)
    end;
select_assert_match_possible(_, _, _) ->
    throw(not_possible).
