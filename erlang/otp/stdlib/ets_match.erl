%% Match specifications: which objects match, and what is made of them. A specification is checked and prepared once,
%% so that no variable's name is read again for each object. Knows nothing of tables.
-module(ets_match).
-export([prepare/1, run/2, test/2, bound_key/2, shapes/1, only_true/1, keeps_key/2]).

%% Guards and bodies may call these functions of `erlang`.
-define(CALLS, #{0 => [self, node],
                 1 => ['+', '-', 'bnot', 'not', abs, is_atom, is_float, is_integer, is_list, is_number, is_pid, is_port,
                       is_reference, is_tuple, is_map, is_binary, is_bitstring, is_boolean, is_function, hd, tl, length,
                       map_size, node, round, ceil, floor, float, size, bit_size, byte_size, tuple_size, trunc],
                 2 => ['==', '/=', '=<', '<', '>=', '>', '=:=', '=/=', '+', '-', '*', '/', 'div', 'rem', 'band', 'bor',
                       'bxor', 'bsl', 'bsr', 'xor', 'and', 'or', element, is_map_key, is_function, map_get, binary_part,
                       is_record, min, max],
                 3 => [is_record, binary_part]}).

%% So many expressions may stand in each other.
-define(DEEPEST, 10_000).

%% The specification, ready to run; an error where it is none.
prepare([_ | _] = Spec) -> [clause(Clause) || Clause <- Spec].

clause({Pattern, Guards, [_ | _] = Body}) when is_list(Guards) ->
    Prepared = pattern(Pattern),
    Known = {variables(Prepared), 0},
    {Prepared, [expression(Guard, Known) || Guard <- Guards], [expression(Part, Known) || Part <- Body]}.

pattern('_') -> any;
pattern(Atom) when is_atom(Atom) ->
    case variable(Atom) of
        none -> {is, Atom};
        Number -> {variable, Number}
    end;
pattern(Tuple) when is_tuple(Tuple) ->
    Elements = [pattern(Element) || Element <- tuple_to_list(Tuple)],
    case lists:all(fun is_exact/1, Elements) of
        true -> {is, Tuple};
        false ->
            Places = lists:zip(lists:seq(1, tuple_size(Tuple)), Elements),
            {tuple, tuple_size(Tuple), [Place || {_, Element} = Place <- Places, Element =/= any]}
    end;
pattern([Head | Tail] = List) ->
    case {pattern(Head), pattern(Tail)} of
        {{is, _}, {is, _}} -> {is, List};
        {First, Rest} -> {list, First, Rest}
    end;
pattern(Map) when is_map(Map) ->
    true = lists:all(fun is_constant/1, maps:keys(Map)),
    {map, [{Key, pattern(Value)} || {Key, Value} <- maps:to_list(Map)]};
pattern(Term) -> {is, Term}.

is_exact({is, _}) -> true;
is_exact(_) -> false.

%% Keys of a map's pattern are looked up, and cannot be found out.
is_constant(Key) -> is_map(Key) orelse is_exact(pattern(Key)).

variables({variable, Number}) -> [Number];
variables({tuple, _, Places}) -> lists:flatmap(fun({_, Pattern}) -> variables(Pattern) end, Places);
variables({list, Head, Tail}) -> variables(Head) ++ variables(Tail);
variables({map, Pairs}) -> lists:flatmap(fun({_, Pattern}) -> variables(Pattern) end, Pairs);
variables(_) -> [].

%% '$1' and its like have the number as text behind the dollar.
variable(Atom) ->
    case atom_to_list(Atom) of
        [$$, Digit | Digits] when Digit >= $0, Digit =< $9, length(Digits) < 8 ->
            case lists:all(fun(D) -> D >= $0 andalso D =< $9 end, Digits) of
                true -> list_to_integer([Digit | Digits]);
                false -> none
            end;
        _ ->
            none
    end.

expression('$_', _) -> object;
expression('$$', _) -> variables;
expression(Atom, Known) when is_atom(Atom) ->
    case variable(Atom) of
        none -> {is, Atom};
        Number -> {Names, _} = Known, true = lists:member(Number, Names), {variable, Number}
    end;
expression({const, Term}, _) -> {is, Term};
expression({Tuple}, Above) when is_tuple(Tuple) ->
    Known = deeper(Above),
    {tuple, [expression(Element, Known) || Element <- tuple_to_list(Tuple)]};
expression(Call, Above) when is_tuple(Call), tuple_size(Call) > 0 ->
    Known = deeper(Above),
    [Name | Arguments] = tuple_to_list(Call),
    Prepared = [expression(Argument, Known) || Argument <- Arguments],
    if
        (Name =:= 'andalso' orelse Name =:= 'orelse' orelse Name =:= 'and' orelse Name =:= 'or'), Prepared =/= [] ->
            {Name, Prepared};
        true ->
            true = lists:member(Name, map_get(length(Arguments), ?CALLS)),
            {call, Name, Prepared}
    end;
expression([Head | Tail], Known) -> {list, expression(Head, Known), expression(Tail, Known)};
expression(Map, Known) when is_map(Map) ->
    {map, [{expression(Key, Known), expression(Value, Known)} || {Key, Value} <- maps:to_list(Map)]};
expression(Term, _) when not is_tuple(Term) -> {is, Term}.

%% OTP does not go as deep as one likes either.
deeper({Names, Depth}) when Depth < ?DEEPEST -> {Names, Depth + 1};
deeper(_) -> error(system_limit).

%% What ets:test_ms and erlang:match_spec_test answer.
test(Object, Spec) ->
    try run(Object, prepare(Spec)) of
        {value, Value} -> {ok, Value, [], []};
        none -> {ok, false, [], []}
    catch
        error:_ -> {error, [{error, "Match specification cannot be compiled"}]}
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

match(any, _, Bound) -> Bound;
match({is, Term}, Term, Bound) -> Bound;
match({variable, Number}, Term, Bound) ->
    case Bound of
        #{Number := Known} when Known =:= Term -> Bound;
        #{Number := _} -> no;
        #{} -> Bound#{Number => Term}
    end;
match({tuple, Size, Places}, Term, Bound) when tuple_size(Term) =:= Size -> match_places(Places, Term, Bound);
match({list, Head, Tail}, [First | Rest], Bound) ->
    case match(Head, First, Bound) of
        no -> no;
        More -> match(Tail, Rest, More)
    end;
match({map, Pairs}, Map, Bound) when is_map(Map) -> match_pairs(Pairs, Map, Bound);
match(_, _, _) -> no.

match_places([{Place, Pattern} | Places], Term, Bound) ->
    case match(Pattern, element(Place, Term), Bound) of
        no -> no;
        More -> match_places(Places, Term, More)
    end;
match_places([], _, Bound) ->
    Bound.

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
holds([], _, _) -> true;
holds(Guards, Bound, Object) ->
    try lists:all(fun(Guard) -> value(Guard, Bound, Object) =:= true end, Guards)
    catch _:_ -> false
    end.

result([object], _, Object) -> Object;
result([Expression], Bound, Object) ->
    try value(Expression, Bound, Object) catch _:_ -> 'EXIT' end;
result([_ | Expressions], Bound, Object) ->
    result(Expressions, Bound, Object).

value({is, Term}, _, _) -> Term;
value({variable, Number}, Bound, _) -> map_get(Number, Bound);
value(object, _, Object) -> Object;
value(variables, Bound, _) -> [Value || {_, Value} <- lists:sort(maps:to_list(Bound))];
value({call, Name, Arguments}, Bound, Object) ->
    call(Name, [value(Argument, Bound, Object) || Argument <- Arguments]);
value({tuple, Elements}, Bound, Object) ->
    list_to_tuple([value(Element, Bound, Object) || Element <- Elements]);
value({'andalso', Parts}, Bound, Object) -> lists:all(fun(Part) -> value(Part, Bound, Object) end, Parts);
value({'orelse', Parts}, Bound, Object) -> lists:any(fun(Part) -> value(Part, Bound, Object) end, Parts);
value({'and', Parts}, Bound, Object) ->
    lists:foldl(fun(Part, All) -> value(Part, Bound, Object) and All end, true, Parts);
value({'or', Parts}, Bound, Object) ->
    lists:foldl(fun(Part, Any) -> value(Part, Bound, Object) or Any end, false, Parts);
value({list, Head, Tail}, Bound, Object) -> [value(Head, Bound, Object) | value(Tail, Bound, Object)];
value({map, Pairs}, Bound, Object) ->
    maps:from_list([{value(Key, Bound, Object), value(Value, Bound, Object)} || {Key, Value} <- Pairs]).

call('=:=', [A, B]) -> A =:= B;
call('==', [A, B]) -> A == B;
call('<', [A, B]) -> A < B;
call('>', [A, B]) -> A > B;
call('+', [A, B]) -> A + B;
call(is_record, [Term, Tag]) -> is_tuple(Term) andalso element(1, Term) =:= Tag;
call(is_record, [Term, Tag, Size]) -> is_tuple(Term) andalso tuple_size(Term) =:= Size andalso element(1, Term) =:= Tag;
call(Name, Arguments) -> apply(erlang, Name, Arguments).

%% The key that every object a specification can match must have, if its patterns say so: {key, Key} or any.
bound_key([{Pattern, _, _}], KeyPos) when is_tuple(Pattern), tuple_size(Pattern) >= KeyPos ->
    case pattern(element(KeyPos, Pattern)) of
        {is, Key} -> {key, Key};
        _ -> any
    end;
bound_key(_, _) ->
    any.

%% What the objects are like that a prepared specification can match: a pattern for each clause, in which `{}` stands for
%% anything, or the value that a guard compares a variable with.
shapes(Spec) ->
    Shapes = [shape(Pattern, compared(Guards)) || {Pattern, Guards, _} <- Spec],
    case lists:member({}, Shapes) of
        true -> any;
        false -> {like, Shapes}
    end.

%% The specification for somebody who is not interested in results but `true`: what a body says is one more guard. Only
%% for shapes, since a body that says no ends the search for a clause.
only_true(Spec) -> [{Pattern, Guards ++ [lists:last(Body)], Body} || {Pattern, Guards, Body} <- Spec].

shape({is, Term}, _) -> Term;
shape({variable, Number}, Values) -> maps:get(Number, Values, {});
shape({list, Head, Tail}, Values) -> [shape(Head, Values) | shape(Tail, Values)];
shape({tuple, Size, Places}, Values) ->
    erlang:make_tuple(Size, {}, [{Place, shape(Pattern, Values)} || {Place, Pattern} <- Places]);
shape(_, _) -> {}.

%% The variables that must be as large as a value if all guards are to hold.
compared(Guards) -> lists:foldl(fun compared/2, #{}, Guards).

compared({call, Equal, [{variable, Number}, {is, Value}]}, Values) when Equal =:= '=:='; Equal =:= '==' ->
    Values#{Number => Value};
compared({call, Equal, [{is, _} = Value, {variable, _} = Variable]}, Values) ->
    compared({call, Equal, [Variable, Value]}, Values);
compared({Both, Parts}, Values) when Both =:= 'andalso'; Both =:= 'and' -> lists:foldl(fun compared/2, Values, Parts);
compared(_, Values) -> Values.

%% Has whatever the specification makes of an object the object's key for certain?
keeps_key(Spec, KeyPos) ->
    lists:all(fun({Pattern, _, Body}) -> is_kept(Pattern, Body, KeyPos) end, Spec).

is_kept(_, ['$_'], _) -> true;
is_kept(Pattern, [{Made}], KeyPos) when is_tuple(Made), tuple_size(Made) >= KeyPos ->
    case element(KeyPos, Made) of
        {element, KeyPos, '$_'} -> true;
        Key when tuple_size(Pattern) >= KeyPos ->
            is_same(element(KeyPos, Pattern), Key);
        _ -> false
    end;
is_kept(Pattern, [{const, Made}], KeyPos)
        when is_tuple(Pattern), is_tuple(Made), tuple_size(Pattern) >= KeyPos, tuple_size(Made) >= KeyPos ->
    pattern(element(KeyPos, Pattern)) =:= {is, element(KeyPos, Made)};
is_kept(_, _, _) ->
    false.

%% Does the body make what the pattern matched? A tuple in a body is a call unless it stands in another.
is_same(Atom, _) when Atom =:= '_'; Atom =:= '$_'; Atom =:= '$$' -> false;
is_same(Pattern, {const, Term}) -> pattern(Pattern) =:= {is, Term};
is_same(Pattern, {Made}) when is_tuple(Pattern), is_tuple(Made), tuple_size(Pattern) =:= tuple_size(Made) ->
    lists:all(fun({Part, Key}) -> is_same(Part, Key) end, lists:zip(tuple_to_list(Pattern), tuple_to_list(Made)));
is_same([Head | Tail], [First | Rest]) -> is_same(Head, First) andalso is_same(Tail, Rest);
is_same(Pattern, Key) ->
    Pattern =:= Key andalso not is_tuple(Key) andalso not is_map(Key).
