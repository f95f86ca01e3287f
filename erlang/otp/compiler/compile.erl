%% The compiler in the VM compiles for AtomVM.
-module(compile).

%% AtomVM gets `catch` and some calls wrong (see compile_catch, compile_calls); the linter has seen the code as it was
%% written by now.
expand_records(Forms, #compile{options = Options} = State) ->
    {ok, compile_calls:forms(compile_catch:forms(erl_expand_records:module(Forms, Options))), State}.

%% Without what takes most of the time here and changes no answer and no warning. (OTP reads an environment variable
%% of the operating system.)
env_default_opts() -> [no_ssa_opt, no_bool_opt, no_alias, no_share_opt, no_throw_opt].

%% The compiler checks its own work twice; the second time is after the last change of it.
beam_validator_strong(Code, State) -> {ok, Code, State}.
