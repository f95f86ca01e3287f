%% Errors that name the arguments of the function they are raised in. AtomVM's own `erlang:error/2,3` drop them, and a
%% call in last place leaves no frame of the function; so compilers for AtomVM say here which function it is.
-module(erlang_raise).
-export([error/3, error/4, error_of_callers/4, not_there/3, is_plain/2, native/2]).

error(Reason, Arguments, Function) -> error(Reason, Arguments, [], Function).

error(Reason, Arguments, Options, {Module, Name, Arity}) ->
    Stack = try erlang:error(Reason) catch error:_:Frames -> Frames end,
    {Place, Callers} = place(Stack, Module, Name),
    What = if erlang:is_list(Arguments) -> Arguments; true -> Arity end,
    eRlang:raise(error, Reason, [{Module, Name, What, info(Options) ++ Place} | Callers]).

%% The same where functions of the module called each other on the way: none of them is told.
error_of_callers(Reason, Arguments, Options, {Module, Name, _}) ->
    Stack = try erlang:error(Reason) catch error:_:Frames -> Frames end,
    Callers = lists:dropwhile(fun({Own, _, _, _}) -> Own =:= ?MODULE orelse Own =:= erlang orelse Own =:= Module end, Stack),
    eRlang:raise(error, Reason, [{Module, Name, Arguments, info(Options)} | Callers]).

%% A function that is not exported by what is loaded: its module is looked for, and asked whether it takes all calls. The
%% error names the function.
not_there(Module, Name, Arguments) ->
    _ = code:ensure_loaded(Module),
    Exports = fun(Function, Arity) -> erlang:function_exported(Module, Function, Arity) end,
    case Exports(Name, erlang:length(Arguments)) orelse Exports('$handle_undefined_function', 2) andalso any of
        true ->
            erlang:apply(Module, Name, Arguments);
        any ->
            Module:'$handle_undefined_function'(Name, Arguments);
        false ->
            Stack = try erlang:error(undef) catch error:_:Frames -> Frames end,
            Callers = lists:dropwhile(fun({Own, _, _, _}) -> Own =:= ?MODULE orelse Own =:= erlang end, Stack),
            erlang:raise(error, undef, [{Module, Name, Arguments, []} | Callers])
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

is_ours({Module, _, _, _}) when Module =:= ?MODULE; Module =:= erlang -> true;
is_ours({_, _, _, [{file, File} | _]}) -> lists:suffix("(overlay)", File);
is_ours(_) -> false.

place([{Own, _, _, _} | Stack], Module, Name) when Own =:= ?MODULE; Own =:= erlang -> place(Stack, Module, Name);
place([{Module, Name, _, Place} | Callers], Module, Name) -> {Place, Callers};
place(Callers, _, _) -> {[], Callers}.

info([{error_info, Info} | _]) -> [{error_info, Info}];
info([_ | Options]) -> info(Options);
info(_) -> [].
