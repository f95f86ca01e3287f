%% The compiler in the VM compiles for AtomVM.
-module(compile).

%% AtomVM gets `catch` wrong (see compile_catch); the linter has seen the code as it was written by now.
expand_records(Forms, #compile{options = Options} = State) ->
    {ok, compile_catch:forms(erl_expand_records:module(Forms, Options)), State}.
