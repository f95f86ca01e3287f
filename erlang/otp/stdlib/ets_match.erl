%% Match specifications, interpreted: which objects match, and what is made of them. Knows nothing of tables.
-module(ets_match).
-export([is_valid/1, run/2, test/2, bound_key/2]).

%% Is it a list of {Pattern, Guards, Body}?
is_valid([_ | _] = Spec) ->
    try lists:all(fun({_, Guards, [_ | _] = Body}) -> is_list(Guards) andalso length(Body) > 0; (_) -> false end, Spec)
    catch error:_ -> false
    end;
is_valid(_) ->
    false.

%% What ets:test_ms and erlang:match_spec_test answer.
test(Object, Spec) ->
    case is_valid(Spec) of
        false -> {error, [{error, "Match spec is not a list of clauses"}]};
        true ->
            case run(Object, Spec) of
                {value, Value} -> {ok, Value, [], []};
                none -> {ok, false, [], []}
            end
    end.

%% The first clause that matches decides: {value, Result} or none.
run(Object, [{Pattern, Guards, Body} | Clauses]) ->
    case match(Pattern, Object, #{}) of
        no ->
            run(Object, Clauses);
        Bound ->
            case holds(Guards, Bound, Object) of
                true -> {value, result(Body, Bound, Object)};
                false -> run(Object, Clauses)
            end
    end;
run(_Object, []) ->
    none.

%% The key that every object a specification can match must have, if its patterns say so: {key, Key} or any.
bound_key([{Pattern, _, _}], KeyPos) when is_tuple(Pattern), tuple_size(Pattern) >= KeyPos ->
    Key = element(KeyPos, Pattern),
    case is_ground(Key) of
        true -> {key, Key};
        false -> any
    end;
bound_key(_, _) ->
    any.

is_ground('_') -> false;
is_ground(Atom) when is_atom(Atom) -> variable(Atom) =:= none;
is_ground(Tuple) when is_tuple(Tuple) -> lists:all(fun is_ground/1, tuple_to_list(Tuple));
is_ground([Head | Tail]) -> is_ground(Head) andalso is_ground(Tail);
is_ground(Map) when is_map(Map) -> false;
is_ground(_) -> true.

%% '$1' and its like have the number as text behind the dollar.
variable(Atom) ->
    case atom_to_list(Atom) of
        [$$, Digit | Digits] when Digit >= $0, Digit =< $9 ->
            case lists:all(fun(D) -> D >= $0 andalso D =< $9 end, Digits) of
                true -> list_to_integer([Digit | Digits]);
                false -> none
            end;
        _ ->
            none
    end.

match('_', _Term, Bound) ->
    Bound;
match(Pattern, Term, Bound) when is_atom(Pattern) ->
    case variable(Pattern) of
        none when Pattern =:= Term -> Bound;
        none -> no;
        Number ->
            case Bound of
                #{Number := Known} when Known =:= Term -> Bound;
                #{Number := _} -> no;
                #{} -> Bound#{Number => Term}
            end
    end;
match(Pattern, Term, Bound) when is_tuple(Pattern), is_tuple(Term), tuple_size(Pattern) =:= tuple_size(Term) ->
    match_elements(1, tuple_size(Pattern), Pattern, Term, Bound);
match([Pattern | Patterns], [Term | Terms], Bound) ->
    case match(Pattern, Term, Bound) of
        no -> no;
        More -> match(Patterns, Terms, More)
    end;
match(Pattern, Term, Bound) when is_map(Pattern), is_map(Term) ->
    match_pairs(maps:to_list(Pattern), Term, Bound);
match(Pattern, Term, Bound) when Pattern =:= Term ->
    Bound;
match(_, _, _) ->
    no.

match_elements(Place, Size, _Pattern, _Term, Bound) when Place > Size ->
    Bound;
match_elements(Place, Size, Pattern, Term, Bound) ->
    case match(element(Place, Pattern), element(Place, Term), Bound) of
        no -> no;
        More -> match_elements(Place + 1, Size, Pattern, Term, More)
    end.

match_pairs([{Key, Pattern} | Pairs], Map, Bound) ->
    case Map of
        #{Key := Value} ->
            case match(Pattern, Value, Bound) of
                no -> no;
                More -> match_pairs(Pairs, Map, More)
            end;
        #{} ->
            no
    end;
match_pairs([], _Map, Bound) ->
    Bound.

%% A guard that fails with an exception does not hold.
holds(Guards, Bound, Object) ->
    try lists:all(fun(Guard) -> value(Guard, Bound, Object) =:= true end, Guards)
    catch _:_ -> false
    end.

result([Expression], Bound, Object) ->
    try value(Expression, Bound, Object) catch _:_ -> 'EXIT' end;
result([_ | Expressions], Bound, Object) ->
    result(Expressions, Bound, Object).

value('$_', _, Object) ->
    Object;
value('$$', Bound, _) ->
    [Value || {_, Value} <- lists:sort(maps:to_list(Bound))];
value(Atom, Bound, _) when is_atom(Atom) ->
    case variable(Atom) of
        none -> Atom;
        Number -> map_get(Number, Bound)
    end;
value({const, Term}, _, _) ->
    Term;
value({Tuple}, Bound, Object) when is_tuple(Tuple) ->
    list_to_tuple([value(Element, Bound, Object) || Element <- tuple_to_list(Tuple)]);
value(Call, Bound, Object) when is_tuple(Call), tuple_size(Call) > 0 ->
    case tuple_to_list(Call) of
        ['andalso' | Parts] -> lists:all(fun(Part) -> value(Part, Bound, Object) end, Parts);
        ['orelse' | Parts] -> lists:any(fun(Part) -> value(Part, Bound, Object) end, Parts);
        [Name | Arguments] -> call(Name, [value(Argument, Bound, Object) || Argument <- Arguments])
    end;
value([Head | Tail], Bound, Object) ->
    [value(Head, Bound, Object) | value(Tail, Bound, Object)];
value(Map, Bound, Object) when is_map(Map) ->
    maps:from_list([{value(Key, Bound, Object), value(Value, Bound, Object)} || {Key, Value} <- maps:to_list(Map)]);
value(Term, _, _) ->
    Term.

call('and', [First | Rest]) -> lists:foldl(fun(A, B) -> A and B end, First, Rest);
call('or', [First | Rest]) -> lists:foldl(fun(A, B) -> A or B end, First, Rest);
call(is_record, [Term, Tag, Size]) -> is_tuple(Term) andalso tuple_size(Term) =:= Size andalso element(1, Term) =:= Tag;
call(Name, Arguments) ->
    case is_allowed(Name) of
        true -> apply(erlang, Name, Arguments);
        false -> error(badarg)
    end.

is_allowed(Name) ->
    lists:member(Name, ['==', '/=', '=<', '<', '>=', '>', '=:=', '=/=', '+', '-', '*', '/', 'div', 'rem', 'band', 'bor',
                        'bxor', 'bnot', 'bsl', 'bsr', 'not', 'xor', is_atom, is_float, is_integer, is_list, is_number,
                        is_pid, is_port, is_reference, is_tuple, is_map, is_map_key, is_binary, is_bitstring,
                        is_boolean, is_function, abs, element, hd, tl, length, map_get, map_size, node, round, ceil,
                        floor, float, size, bit_size, byte_size, tuple_size, binary_part, self, trunc, min, max]).
