%% The shell, without what it would look up in files.
-module(shell).

%% OTP reads record definitions from the files of shell_default and user_default; modules here have no files, and
%% shell_default defines none.
initiate_records(_Bs, _RT) -> [].

%% Calls from the prompt go through the evaluator, which names the function in an exception.
apply_fun({erlang, garbage_collect}, [], Shell) -> garb(Shell);
apply_fun({Module, Function}, Arguments, _Shell) -> erl_eval:call(Module, Function, Arguments);
apply_fun(Fun, Arguments, _Shell) when is_function(Fun, length(Arguments)) ->
    case erlang:fun_info(Fun, type) of
        {type, external} ->
            {module, Module} = erlang:fun_info(Fun, module),
            {name, Name} = erlang:fun_info(Fun, name),
            erl_eval:call(Module, Name, Arguments);
        _ ->
            apply(Fun, Arguments)
    end;
apply_fun(Fun, Arguments, _Shell) -> apply(Fun, Arguments).
