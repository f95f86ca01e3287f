%% A function of a module applied to a list of arguments. It is named where it is not there, as is an operator that fails.
-module(erlang_apply).
-export([function/3]).

function(erlang, Name, [_ | _] = Arguments) when erlang:is_atom(Name) ->
    case is_plain(Name, Arguments) of
        true -> native(Name, Arguments);
        false -> found(erlang, Name, Arguments)
    end;
function(Module, Name, Arguments) ->
    found(Module, Name, Arguments).

found(Module, Name, Arguments) when erlang:is_atom(Module), erlang:is_atom(Name), erlang:is_list(Arguments) ->
    case erlang:function_exported(Module, Name, erlang:length(Arguments)) of
        true -> called(Module, Name, Arguments);
        false -> erlang_raise:not_there(Module, Name, Arguments)
    end;
found(Module, Name, Arguments) ->
    called(Module, Name, Arguments).

called(Module, Name, Arguments) ->
    case Arguments of
        [] -> Module:Name();
        [A] -> Module:Name(A);
        [A, B] -> Module:Name(A, B);
        [A, B, C] -> Module:Name(A, B, C);
        [A, B, C, D] -> Module:Name(A, B, C, D);
        [A, B, C, D, E] -> Module:Name(A, B, C, D, E);
        [A, B, C, D, E, F] -> Module:Name(A, B, C, D, E, F);
        [A, B, C, D, E, F, G] -> Module:Name(A, B, C, D, E, F, G);
        [A, B, C, D, E, F, G, H] -> Module:Name(A, B, C, D, E, F, G, H);
        [A, B, C, D, E, F, G, H, I] -> Module:Name(A, B, C, D, E, F, G, H, I);
        [A, B, C, D, E, F, G, H, I, J] -> Module:Name(A, B, C, D, E, F, G, H, I, J);
        [A, B, C, D, E, F, G, H, I, J, K] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K);
        [A, B, C, D, E, F, G, H, I, J, K, L] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L);
        [A, B, C, D, E, F, G, H, I, J, K, L, M] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T] -> Module:Name(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T);
        _ -> erlang:error(badarg, [Module, Name, Arguments])
    end.

%% Operators and natives that guards may call: none of them calls anybody.
is_plain(Name, [_ | More]) when More =:= []; erlang:tl(More) =:= []; erlang:tl(erlang:tl(More)) =:= [] ->
    Arity = 1 + erlang:length(More),
    erl_internal:guard_bif(Name, Arity) orelse erl_internal:arith_op(Name, Arity) orelse erl_internal:bool_op(Name, Arity)
        orelse erl_internal:comp_op(Name, Arity) orelse erl_internal:list_op(Name, Arity);
is_plain(_, _) ->
    false.

%% One of those, applied. The native leaves no frame, so the error names it.
native(Name, Arguments) ->
    try
        case Arguments of
            [A] -> erlang:Name(A);
            [A, B] -> erlang:Name(A, B);
            [A, B, C] -> erlang:Name(A, B, C)
        end
    catch
        error:Reason:Stack ->
            Info = [{error_info, #{module => erl_erts_errors}}],
            erlang:raise(error, Reason, [{erlang, Name, Arguments, Info} | lists:dropwhile(fun is_ours/1, Stack)])
    end.

is_ours({Module, _, _, _}) when Module =:= ?MODULE; Module =:= erlang; Module =:= erlang_raise -> true;
is_ours({_, _, _, [{file, File} | _]}) -> lists:suffix("(overlay)", File);
is_ours(_) -> false.
