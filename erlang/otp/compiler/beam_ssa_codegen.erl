%% Code for matching binaries.
-module(beam_ssa_codegen).

%% A comparison of many bits becomes several of 31. OTP cuts them off a binary, and what is left is not whole bytes.
bs_eq_fixup([{'=:=', nil, Bits, Value} | Is]) when Bits > 31 ->
    Left = Bits - 31,
    [{'=:=', nil, 31, Value bsr Left} | bs_eq_fixup([{'=:=', nil, Left, Value band (1 bsl Left - 1)} | Is])];
bs_eq_fixup([I | Is]) ->
    [I | bs_eq_fixup(Is)];
bs_eq_fixup([]) ->
    [].
