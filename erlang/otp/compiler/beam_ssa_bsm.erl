%% Matching of binaries. OTP matches a segment whose size is told by another segment in two steps, with all that is left
%% in between as bits, which AtomVM refuses. OTP's optimiser removes that where nobody reads it; without the optimiser it
%% is removed here. Where it is read and whole bytes, it is taken as bytes.
-module(beam_ssa_bsm).
-extends([{module, 2}]).

module(Module, Options) ->
    {ok, #b_module{body = Functions} = Done, Warnings} = otp_module(Module, Options),
    {ok, Done#b_module{body = [in_bytes(Function) || Function <- Functions]}, Warnings}.

in_bytes(#b_function{bs = Blocks} = Function) ->
    Sets = #{Dst => Set || #b_blk{is = Is} <- maps:values(Blocks), #b_set{dst = Dst} = Set <- Is},
    case lists:any(fun is_rest/1, maps:values(Sets)) of
        true ->
            Used = beam_ssa:uses(maps:keys(Blocks), Blocks),
            Idle = #{Dst => [] || Dst := #b_set{op = bs_extract, args = [From]} <- Sets, not is_map_key(Dst, Used),
                                  is_rest(map_get(From, Sets))},
            Read = #{Context => [] || #b_set{dst = Dst, op = Op, args = Arguments} <- maps:values(Sets),
                                      not is_success(Op), not is_map_key(Dst, Idle), #b_var{} = Context <- Arguments},
            Function#b_function{bs = #{Label => in_bytes(without(Idle, Block), Sets, Read) || Label := Block <- Blocks}};
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
in_bytes(#b_blk{is = Is, last = #b_br{bool = Bool, succ = Next} = Last} = Block, Sets, Read) when Is =/= [] ->
    case lists:reverse(Is) of
        [#b_set{op = {succeeded, _}, dst = Bool}, #b_set{dst = Rest} = Match | Before] ->
            case is_rest(Match) of
                true when is_map_key(Rest, Read) ->
                    Block#b_blk{is = [byte_wise(Set, Sets) || Set <- Is]};
                true ->
                    Always = Last#b_br{bool = #b_literal{val = true}, succ = Next, fail = Next},
                    Block#b_blk{is = lists:reverse(Before), last = Always};
                false ->
                    Block
            end;
        _ ->
            Block
    end;
in_bytes(Block, _, _) ->
    Block.

byte_wise(#b_set{args = [Type, Context, Flags, Size, _]} = Set, Sets) ->
    case is_rest(Set) andalso is_aligned(Context, Sets) of
        true -> Set#b_set{args = [Type, Context, Flags, Size, #b_literal{val = 8}]};
        false -> Set
    end;
byte_wise(Set, _) ->
    Set.

%% Whether all in front of a place is whole bytes.
is_aligned(Context, Sets) ->
    case Sets of
        #{Context := #b_set{op = bs_start_match, args = [#b_literal{val = new}, _]}} -> true;
        #{Context := #b_set{op = bs_match, args = [#b_literal{val = Type}, Before | How]}} ->
            is_bytes(Type, How) andalso is_aligned(Before, Sets);
        #{} -> false
    end.

is_bytes(_, [_, #b_literal{val = Size}, #b_literal{val = Unit}]) when is_integer(Size), Size * Unit rem 8 =:= 0 -> true;
is_bytes(_, [_, _, #b_literal{val = Unit}]) -> Unit rem 8 =:= 0;
is_bytes(Type, _) -> lists:member(Type, [utf8, utf16, utf32]).
