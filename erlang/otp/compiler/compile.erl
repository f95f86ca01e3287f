%% The compiler in the VM compiles for AtomVM.
-module(compile).
-extends([{save_binary_1, 2}]).

%% AtomVM gets `catch`, some calls, some binaries and some errors wrong (see compile_catch, compile_calls, compile_bits,
%% compile_missing). What a person asks to see of a module, its linter's words and its listings, is of the code as it was
%% written.
core(Written, #compile{options = Options} = State) ->
    Forms = compile_missing:forms(compile_calls:forms(compile_bits:forms(compile_catch:forms(Written)))),
    {ok, Core, Warnings} = v3_core:module(Forms, Options),
    {ok, Core, State#compile{module = cerl:concrete(cerl:module_name(Core)), warnings = State#compile.warnings ++ Warnings}}.

%% Without what takes most of the time here and changes no answer and no warning. (OTP reads an environment variable
%% of the operating system.)
env_default_opts() -> [no_ssa_opt, no_bool_opt, no_alias, no_share_opt, no_throw_opt].

%% The compiler checks its own work twice; the second time is after the last change of it.
beam_validator_strong(Code, State) -> {ok, Code, State}.

%% What is compiled into a folder of the path may be called at once.
save_binary_1(Code, #compile{module = Module, ofile = File} = State) ->
    Saved = otp_save_binary_1(Code, State),
    _ = is_tuple(Saved) andalso element(1, Saved) =:= ok andalso not erlang:module_loaded(Module)
        andalso code_path:find(Module) =:= {ok, filename:absname(filename:rootname(File))}
        andalso code:ensure_loaded(Module),
    Saved.
