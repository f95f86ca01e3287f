%% Writes `catch` as `try`. AtomVM takes the plain value of a `catch` for an exception when the value's bits look
%% like the atom `error` (the integers 12 to 15, the pids <0.12.0> to <0.15.0>); `try` has no such doubt.
%% Used on packed modules when they are built, and by the compiler in the VM.
-module(compile_catch).
-export([forms/1]).

forms(Forms) -> [form(Form) || Form <- Forms].

form({function, Line, Name, Arity, Clauses}) ->
    {Rewritten, _} = rewrite(Clauses, 0),
    {function, Line, Name, Arity, Rewritten};
form(Form) ->
    Form.

%% The count makes the names of the variables unlike any other.
rewrite({'catch', Line, Expression}, Count) ->
    {Body, Next} = rewrite(Expression, Count),
    [Value, Reason, Stack] = [{var, Line, list_to_atom(lists:concat([Name, " ", Next]))}
                              || Name <- ["value", "reason", "stack"]],
    Exit = fun(What) -> {tuple, Line, [{atom, Line, 'EXIT'}, What]} end,
    Clause = fun(Class, What, Trace, Result) ->
        {clause, Line, [{tuple, Line, [{atom, Line, Class}, What, Trace]}], [], [Result]}
    end,
    Clauses = [Clause(throw, Value, {var, Line, '_'}, Value),
               Clause(error, Reason, Stack, Exit({tuple, Line, [Reason, Stack]})),
               Clause(exit, Reason, {var, Line, '_'}, Exit(Reason))],
    {{'try', Line, [Body], [], Clauses, []}, Next + 1};
rewrite(Tuple, Count) when is_tuple(Tuple) ->
    {Elements, Next} = rewrite(tuple_to_list(Tuple), Count),
    {list_to_tuple(Elements), Next};
rewrite([Head | Tail], Count) ->
    {First, Between} = rewrite(Head, Count),
    {Rest, Next} = rewrite(Tail, Between),
    {[First | Rest], Next};
rewrite(Other, Count) ->
    {Other, Count}.
