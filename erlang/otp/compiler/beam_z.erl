%% The last pass over modules that a person compiles: they call each other by name, so that the next such call runs the
%% newest version, and take no bits that nobody reads.
-module(beam_z).

%% AtomVM looks a function up at the first call and keeps what it found for ever, so that a compiled caller would
%% run a replaced module's old code. An `apply` is looked up each time. What came with the packs is called as ever.
module({Mod, Exp, Attr, Fs0, Lc}, _Opts) ->
    Fs = [by_name(function(F)) || F <- Fs0],
    {ok, {Mod, Exp, Attr, Fs, Lc}}.

by_name({function, Name, Arity, Entry, Is}) ->
    {function, Name, Arity, Entry, calls_by_name(without_unread(Is))}.

%% A rest of bits that nobody reads is not taken: where it begins within a byte, the VM has no such rest. (OTP leaves
%% this to a pass that takes too long here.)
without_unread([{test, bs_get_binary2, _, _, [_, {atom, all}, 1, _], Rest} = I | Is]) ->
    case is_read(Rest, Is) of
        true -> [I | without_unread(Is)];
        false -> without_unread(Is)
    end;
without_unread([I | Is]) ->
    [I | without_unread(Is)];
without_unread([]) ->
    [].

%% Whether a register may be read before it holds something else.
is_read(Register, [{move, Register, _} | _]) -> true;
is_read(Register, [{move, _, Register} | _]) -> false;
is_read(Register, [{move, _, _} | Is]) -> is_read(Register, Is);
is_read({x, N} = Register, [{allocate, _, Live} | Is]) -> N < Live andalso is_read(Register, Is);
is_read({x, N} = Register, [{test_heap, _, Live} | Is]) -> N < Live andalso is_read(Register, Is);
is_read({x, N}, [{call, Arity, _} | _]) -> N < Arity;
is_read({x, N}, [{call_only, Arity, _} | _]) -> N < Arity;
is_read({x, N}, [{call_ext, Arity, _} | _]) -> N < Arity;
is_read({x, N}, [{call_ext_only, Arity, _} | _]) -> N < Arity;
is_read({x, N}, [{call_last, Arity, _, _} | _]) -> N < Arity;
is_read({x, N}, [{call_ext_last, Arity, _, _} | _]) -> N < Arity;
is_read({x, N}, [return | _]) -> N =:= 0;
is_read({x, _} = Register, [{deallocate, _} | Is]) -> is_read(Register, Is);
is_read(Register, [{bs_set_position, Context, Position} | Is]) ->
    Register =:= Context orelse Register =:= Position orelse is_read(Register, Is);
is_read(_, _) -> true.

calls_by_name([{call_ext, A, {extfunc, M, F, A}} = I | Is]) ->
    case code:is_sticky(M) of
        true -> [I | calls_by_name(Is)];
        false -> name(M, F, A) ++ [{apply, A} | calls_by_name(Is)]
    end;
calls_by_name([{call_ext_last, A, {extfunc, M, F, A}, Deallocated} = I | Is]) ->
    case code:is_sticky(M) of
        true -> [I | calls_by_name(Is)];
        false -> name(M, F, A) ++ [{apply_last, A, Deallocated} | calls_by_name(Is)]
    end;
%% There is no frame here, and `apply_last` gives one back.
calls_by_name([{call_ext_only, A, {extfunc, M, F, A}} = I | Is]) ->
    case code:is_sticky(M) of
        true -> [I | calls_by_name(Is)];
        false -> [{allocate, 0, A} | name(M, F, A)] ++ [{apply_last, A, 0} | calls_by_name(Is)]
    end;
calls_by_name([I | Is]) ->
    [I | calls_by_name(Is)];
calls_by_name([]) ->
    [].

%% The registers behind the arguments hold nothing at a call.
name(M, F, A) ->
    [{move, {atom, M}, {x, A}}, {move, {atom, F}, {x, A + 1}}].
