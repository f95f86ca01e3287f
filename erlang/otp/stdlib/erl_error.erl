%% Words for exceptions.
-module(erl_error).

%% AtomVM's stack trace does not hold the function that is not there, only who called it: that one must not be
%% called undefined. A frame with arguments comes from our evaluator, which knows.
analyze_exception(Class, Term, Stack) ->
    case is_stacktrace(Stack) of
        false -> {{Term, Stack}, [], []};
        true when Class =:= error -> failed(Term, Stack);
        true -> {Term, [], Stack}
    end.

failed(function_clause, [{_, _, Arguments, _} = Frame | Callers]) when is_list(Arguments) ->
    {function_clause, [Frame], Callers};
failed(function_clause, [{shell, Function, Arity, _}]) ->
    {function_clause, [{Function, Arity}], []};
failed({Bad, _} = Term, [{erlang, apply, _, _} | Callers]) when Bad =:= badarity; Bad =:= badfun ->
    {Term, [], Callers};
failed(undef, [{_, _, Arguments, _} = Frame | Callers]) when is_list(Arguments) ->
    {undef, [Frame], Callers};
failed(Term, Stack) ->
    {Term, [], Stack}.
