%% Answers in pieces. The objects are taken when somebody asks first, and matched as far as each piece needs. A
%% continuation has the places of OTP's: of an ordered_set the table, two of where it is, how many objects, the
%% specification, and the rest; of others one less in front.
-module(ets_chunk).
-export([first/5, next/2, repaired/2]).

%% So many results of the objects, and what goes on behind them.
first(Type, Tid, Objects, Compiled, Limit) -> chunk(Type, Tid, Objects, Compiled, Limit).

%% What is next, if the table is still there, as Check says by an error. A named one may have another name.
next('$end_of_table', _) ->
    '$end_of_table';
next({Tid, _, _, Limit, Compiled, Objects, _, _}, Check) ->
    _ = Check(Tid),
    chunk(ordered_set, Tid, Objects, Compiled, Limit);
next({Tid, _, Limit, Compiled, Objects, _}, Check) ->
    _ = Check(Tid),
    chunk(set, Tid, Objects, Compiled, Limit).

chunk(Type, Tid, Objects, {ets_match, Spec} = Compiled, Limit) when is_integer(Limit), Limit > 0 ->
    case take(Limit, Objects, Spec, []) of
        {[], done} -> '$end_of_table';
        {Found, done} -> {Found, '$end_of_table'};
        {Found, Rest} when Type =:= ordered_set -> {Found, {Tid, [], [], Limit, Compiled, Rest, 0, 0}};
        {Found, Rest} -> {Found, {Tid, 0, Limit, Compiled, Rest, 0}}
    end.

take(0, Objects, _, Found) ->
    {lists:reverse(Found), Objects};
take(Count, [Object | Objects], Spec, Found) ->
    case ets_match:run(Object, Spec) of
        {value, Value} -> take(Count - 1, Objects, Spec, [Value | Found]);
        none -> take(Count, Objects, Spec, Found)
    end;
take(_, [], _, Found) ->
    {lists:reverse(Found), done}.

%% With the specification in its place, if none that can run is there.
repaired(Continuation, Spec) ->
    Place = case Continuation of
        {_, _, _, _, _, _, _, _} -> 5;
        {_, _, _, _, _, _} -> 4;
        '$end_of_table' -> none
    end,
    case Place =:= none orelse ets:is_compiled_ms(element(Place, Continuation)) of
        true -> Continuation;
        false -> setelement(Place, Continuation, ets:match_spec_compile(Spec))
    end.
