%% Errors that name the arguments of the function they are raised in. AtomVM's own `erlang:error/2,3` drop them, and a
%% call in last place leaves no frame of the function; so compilers for AtomVM say here which function it is.
-module(erlang_raise).
-export([error/3, error/4, error_of_callers/4, not_there/3, again/3]).

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
            Callers = lists:dropwhile(fun({Own, _, _, _}) -> Own =:= ?MODULE orelse Own =:= erlang orelse Own =:= erlang_apply end, Stack),
            erlang:raise(error, undef, [{Module, Name, Arguments, []} | Callers])
    end.

again(Class, Reason, Stack) -> erlang:raise(Class, Reason, Stack).

place([{Own, _, _, _} | Stack], Module, Name) when Own =:= ?MODULE; Own =:= erlang -> place(Stack, Module, Name);
place([{Module, Name, _, Place} | Callers], Module, Name) -> {Place, Callers};
place(Callers, _, _) -> {[], Callers}.

info([{error_info, Info} | _]) -> [{error_info, Info}];
info([_ | Options]) -> info(Options);
info(_) -> [].
