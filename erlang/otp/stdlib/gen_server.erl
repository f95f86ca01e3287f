%% A callback that is not there is named where it is called.
-module(gen_server).

create_callback_cache(Mod) ->
    #callback_cache{module = Mod,
                    handle_call = case erlang:function_exported(Mod, handle_call, 3) of
                        true -> fun Mod:handle_call/3;
                        false -> fun(Message, From, State) -> Mod:handle_call(Message, From, State) end
                    end,
                    handle_cast = case erlang:function_exported(Mod, handle_cast, 2) of
                        true -> fun Mod:handle_cast/2;
                        false -> fun(Message, State) -> Mod:handle_cast(Message, State) end
                    end,
                    handle_info = fun Mod:handle_info/2}.
