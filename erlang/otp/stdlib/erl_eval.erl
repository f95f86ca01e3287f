%% The evaluator of the shell. AtomVM says of a failed native only who called it; here the call is known, so the
%% exception gets the frame that OTP would have given it: operator, arguments and what is wrong with them.
-module(erl_eval).
-export([call/3, captured/1]).

%% A fun's environment cannot be read on AtomVM, so the fun tells what it has captured when it is asked in this way.
-define(ASKED, '$what it has captured').

captured(Fun) ->
    case {erlang:fun_info(Fun, type), erlang:fun_info(Fun, arity)} of
        {{type, local}, {arity, 0}} ->
            _ = put(?ASKED, Fun),
            try [Fun()] after erase(?ASKED) end;
        {{type, local}, {arity, Arity}} ->
            [apply(Fun, lists:duplicate(Arity, ?ASKED))];
        _ ->
            []
    end.

eval_fun(As, {Anno, Bs0, Lf, Ef, FUVs, Cs} = Info) ->
    case is_asked(As) of
        true -> Info;
        false -> eval_fun(Cs, As, Anno, Bs0, Lf, Ef, value, FUVs)
    end.

eval_named_fun(As, Fun, {Anno, Bs0, Lf, Ef, FUVs, Cs, Name} = Info) ->
    case is_asked(As) of
        true -> Info;
        false -> eval_named_fun(Cs, As, Anno, Bs0, Lf, Ef, Name, Fun, value, FUVs)
    end.

is_asked([?ASKED | _]) -> true;
is_asked([]) -> get(?ASKED) =/= undefined;
is_asked(_) -> false.

do_apply(Mod, Func, As, Anno, Bs0, Ef, RBs) ->
    case Ef of
        none when RBs =:= value, Mod =/= erlang -> last_call(Mod, Func, As);
        none -> ret_expr(call(Mod, Func, As), Bs0, RBs);
        {value, F} when RBs =:= value -> do_apply(F, Anno, {Mod, Func}, As);
        {value, F} -> ret_expr(do_apply(F, Anno, {Mod, Func}, As), Bs0, RBs)
    end.

%% A loop must stay the last call: only a function that is not there is named.
last_call(Mod, Func, As) when is_atom(Mod), is_atom(Func) ->
    case is_there(Mod, Func, length(As)) of
        true -> direct(Mod, Func, As);
        false -> erlang:raise(error, undef, [{Mod, Func, As, []}])
    end;
last_call(Mod, Func, As) ->
    direct(Mod, Func, As).

is_there(Mod, Func, Arity) ->
    erlang:function_exported(Mod, Func, Arity)
        orelse (is_loaded(Mod) andalso erlang:function_exported(Mod, Func, Arity)).

%% One of a folder of the path is loaded here, as OTP would when it is called.
is_loaded(Mod) ->
    element(1, code:ensure_loaded(Mod)) =:= module.

%% Calls a function, and names it in the exception if the failure left no frame of its own. A function that is
%% there to fail is not what failed.
call(erlang, Func, As) when Func =:= raise; Func =:= error; Func =:= exit, length(As) =:= 1; Func =:= throw ->
    direct(erlang, Func, As);
call(Mod, Func, As) ->
    try
        direct(Mod, Func, As)
    catch
        error:Reason:Stack -> erlang:raise(error, said(Mod, Func, As, Reason), named(Stack, Reason, Mod, Func, As))
    end.

%% A native here whose clauses in OTP take nothing else.
said(lists, reverse, [_], badarg) -> function_clause;
said(_, _, _, Reason) -> Reason.

named([{erl_eval, _, _, _} | _] = Stack, undef, Mod, Func, As) ->
    case is_atom(Mod) andalso is_atom(Func) andalso is_there(Mod, Func, length(As)) of
        true -> Stack;
        false -> [{Mod, Func, As, []} | Stack]
    end;
named(Stack, Reason, Mod, Func, As) ->
    case lists:dropwhile(fun is_native/1, Stack) of
        [{erl_eval, _, _, _} | _] = Callers when Reason =/= undef ->
            [{Mod, Func, As, info(Mod)} | lists:dropwhile(fun is_call/1, Callers)];
        _ ->
            Stack
    end.

%% What is native in OTP is written in Erlang here or hidden under another name, and no frame of it is seen there.
is_native({Mod, _, _, Location}) ->
    lists:member(Mod, [atomics, counters, ets_change, ets_index, ets_keeper, ets_match, ets_order, ets_update, ets_walk,
                       erlang_alias, erlang_apply, erlang_bits, erlang_clock, erlang_float, erlang_hash, erlang_identity,
                       erlang_process, erlang_raise, erlang_subtract, erlang_timers, persistent_term,
                       bInary, cOde, eRlang, eRts_debug, eTs, lIsts, mAps, mAth, uNicode])
        orelse (Mod =/= erl_eval andalso lists:suffix("(overlay)", proplists:get_value(file, Location, ""))).

%% The frames of a call by this module, which OTP does not leave.
is_call({erl_eval, Name, Arity, _}) -> lists:member({Name, Arity}, [{direct, 3}, {call, 3}, {do_apply, 4}]);
is_call(_) -> false.

direct(M, F, []) -> M:F();
direct(M, F, [A]) -> M:F(A);
direct(M, F, [A, B]) -> M:F(A, B);
direct(M, F, [A, B, C]) -> M:F(A, B, C);
direct(M, F, As) -> apply(M, F, As).

%% Which module of OTP explains a wrong argument.
info(Mod) when Mod =:= erlang; Mod =:= atomics; Mod =:= counters; Mod =:= persistent_term ->
    [{error_info, #{module => erl_erts_errors}}];
info(Mod) when Mod =:= binary; Mod =:= ets; Mod =:= lists; Mod =:= maps; Mod =:= math; Mod =:= unicode ->
    [{error_info, #{module => erl_stdlib_errors}}];
info(_) ->
    [].
