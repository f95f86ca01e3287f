%% Matching of binaries. OTP matches a segment whose size is told by another segment in two steps, with all that is left
%% in between as bits. OTP's optimiser removes that where nobody reads it; without the optimiser it is removed here, since
%% what begins within a byte is copied.
-module(beam_ssa_bsm).
-extends([{module, 2}]).

module(Module, Options) ->
    {ok, #b_module{body = Functions} = Done, Warnings} = otp_module(Module, Options),
    {ok, Done#b_module{body = [without_rests(Function) || Function <- Functions]}, Warnings}.

without_rests(#b_function{bs = Blocks} = Function) ->
    Sets = #{Dst => Set || #b_blk{is = Is} <- maps:values(Blocks), #b_set{dst = Dst} = Set <- Is},
    case lists:any(fun is_rest/1, maps:values(Sets)) of
        true ->
            Used = beam_ssa:uses(maps:keys(Blocks), Blocks),
            Idle = #{Dst => [] || Dst := #b_set{op = bs_extract, args = [From]} <- Sets, not is_map_key(Dst, Used),
                                  is_rest(map_get(From, Sets))},
            Read = #{Context => [] || #b_set{dst = Dst, op = Op, args = Arguments} <- maps:values(Sets),
                                      not is_success(Op), not is_map_key(Dst, Idle), #b_var{} = Context <- Arguments},
            Function#b_function{bs = #{Label => without_rests(without(Idle, Block), Read) || Label := Block <- Blocks}};
        false ->
            Function
    end.

%% What is left of a binary, taken out and then not used.
without(Idle, #b_blk{is = Is} = Block) ->
    Block#b_blk{is = [Set || #b_set{dst = Dst} = Set <- Is, not is_map_key(Dst, Idle)]}.

is_rest(#b_set{op = bs_match, args = [#b_literal{val = binary}, _, _, #b_literal{val = all}, #b_literal{val = 1}]}) -> true;
is_rest(_) -> false.

is_success({succeeded, _}) -> true;
is_success(_) -> false.

%% It is matched in the last place of a block, which goes on where that succeeds. It always does.
without_rests(#b_blk{is = Is, last = #b_br{bool = Bool, succ = Next} = Last} = Block, Read) when Is =/= [] ->
    case lists:reverse(Is) of
        [#b_set{op = {succeeded, _}, dst = Bool}, #b_set{dst = Rest} = Match | Before] ->
            case is_rest(Match) of
                true when not is_map_key(Rest, Read) ->
                    Always = Last#b_br{bool = #b_literal{val = true}, succ = Next, fail = Next},
                    Block#b_blk{is = lists:reverse(Before), last = Always};
                _ ->
                    Block
            end;
        _ ->
            Block
    end;
without_rests(Block, _) ->
    Block.
