%% The last pass over modules that a person compiles: they call each other by name, so that the next such call runs the
%% newest version.
-module(beam_z).

%% AtomVM looks a function up at the first call and keeps what it found for ever, so that a compiled caller would
%% run a replaced module's old code. An `apply` is looked up each time. What came with the packs is called as ever.
module({Mod, Exp, Attr, Fs0, Lc}, _Opts) ->
    Fs = [by_name(function(F)) || F <- Fs0],
    {ok, {Mod, Exp, Attr, Fs, Lc}}.

by_name({function, Name, Arity, Entry, Is}) ->
    {function, Name, Arity, Entry, calls_by_name(Is)}.

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
