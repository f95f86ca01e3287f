%% What OTP's logger server does is done by whoever asks for it: there is no server.
-module(logger_server).

call(Request) ->
    {reply, Reply, _} = handle_call(Request, none, #state{tid = logger}),
    Reply.

%% OTP calls handlers from a process of their own, and answers later.
call_h_async(Ask, Finish, _From, State) -> {reply, Finish(Ask()), State}.

%% A handler need not have every callback.
call_h(Module, Function, Arguments, Default) ->
    _ = code:ensure_loaded(Module),
    case erlang:function_exported(Module, Function, length(Arguments)) of
        true ->
            try apply(Module, Function, Arguments)
            catch Class:Reason:Stack -> {error, {callback_crashed, {Class, Reason, logger:filter_stacktrace(?MODULE, Stack)}}}
            end;
        false ->
            Default
    end.
