%% Writes calls that AtomVM gets wrong as calls that it gets right. Used on packed modules when they are built, and by
%% the compiler in the VM.
-module(compile_calls).
-export([forms/1]).

%% Modules below the ones that this would call.
-define(AS_THEY_ARE, [erlang, erlang_alias, erlang_apply, erlang_process, erlang_raise]).

forms(Forms) ->
    Module = hd([Name || {attribute, _, module, Name} <- Forms] ++ [none]),
    case lists:member(Module, ?AS_THEY_ARE) of
        true ->
            Forms;
        false ->
            Own = #{{Name, Arity} => [] || {function, _, Name, Arity, _} <- Forms},
            Inlined = maps:from_list(lists:flatmap(fun(Form) -> raiser(Form, inlined(Forms)) end, Forms)),
            [form(Form, Module, maps:merge(Own, Inlined)) || Form <- Forms]
    end.

%% Functions that OTP inlines and that only raise an error: the error is that of their callers.
inlined(Forms) ->
    lists:append([Functions || {attribute, _, compile, {inline, Functions}} <- Forms, is_list(Functions)]).

raiser({function, _, Name, Arity, [{clause, _, Parameters, [], [{call, _, {remote, _, {atom, _, erlang}, {atom, _, error}}, _} = Call]}]},
       Inlined) ->
    case lists:member({Name, Arity}, Inlined) of
        true -> [{{Name, Arity}, {[Variable || {var, _, Variable} <- Parameters], Call}}];
        false -> []
    end;
raiser(_, _) ->
    [].

form({function, Line, Name, Arity, Clauses}, Module, Own) ->
    {function, Line, Name, Arity, rewrite(Clauses, {{Module, Name, Arity}, Own})};
form(Form, _, _) ->
    Form.

rewrite({clause, Line, Patterns, Guards, Body}, In) ->
    {clause, Line, segments(Patterns), rewrite(guards(Guards), In), rewrite(Body, In)};
rewrite({match, Line, Pattern, Value}, In) ->
    {match, Line, segments(Pattern), rewrite(Value, In)};
rewrite({bin_element, _, _, _, _} = Segment, In) ->
    {bin_element, Line, Value, Size, Types} = segments(Segment),
    {bin_element, Line, cut(rewrite(Value, In), Size, Types, In), rewrite(Size, In), Types};
%% The machine's remainder of numbers of 64 bits has the wrong sign.
rewrite({op, Line, 'rem', {var, _, _} = Dividend, Divisor}, {{rand, _, _}, _}) ->
    {op, Line, '-', Dividend, {op, Line, '*', {op, Line, 'div', Dividend, Divisor}, Divisor}};
%% The machine's operator sends to processes and names alone.
rewrite({op, Line, '!', To, Message}, In) ->
    remote(Line, erlang, send, rewrite([To, Message], In));
rewrite({call, Line, {remote, _, {atom, _, erlang}, {atom, _, Name}}, Arguments}, In) ->
    call(Line, Name, rewrite(Arguments, In), In);
rewrite({call, Line, {atom, _, Name} = Function, Arguments}, {_, Own} = In) ->
    case Own of
        #{{Name, length(Arguments)} := {Parameters, Call}} when length(Parameters) =:= length(Arguments) ->
            rewrite(bound(Call, maps:from_list(lists:zip(Parameters, Arguments))), In);
        #{{Name, length(Arguments)} := _} ->
            {call, Line, Function, rewrite(Arguments, In)};
        #{} ->
            case is_ours(Name, length(Arguments)) of
                true -> call(Line, Name, rewrite(Arguments, In), In);
                false -> {call, Line, Function, rewrite(Arguments, In)}
            end
    end;
rewrite(Tuple, In) when is_tuple(Tuple) ->
    list_to_tuple(rewrite(tuple_to_list(Tuple), In));
rewrite([Head | Tail], In) ->
    [rewrite(Head, In) | rewrite(Tail, In)];
rewrite(Other, _) ->
    Other.

%% A guard fails that changes what is no map, or a key that is not there. The machine raises there, so that what fails
%% in a guard is asked first.
guards(Guards) -> [[guard(Test) || Test <- Tests] || Tests <- Guards].

guard({op, Line, Kind, Left, Right}) when Kind =:= 'andalso'; Kind =:= 'orelse' ->
    {op, Line, Kind, guard(Left), guard(Right)};
guard(Test) ->
    lists:foldr(fun(Asked, Then) -> {op, element(2, Asked), 'andalso', Asked, Then} end, Test, asked(Test)).

asked({map, Line, Map, Fields}) ->
    Exist = [{op, Line, '=:=', Value, Value} || {map_field_exact, _, Key, _} <- Fields,
                                                Value <- [remote(Line, erlang, map_get, [Key, Map])]],
    IsMap = {op, Line, '>=', remote(Line, erlang, map_size, [Map]), {integer, Line, 0}},
    asked(Map) ++ asked(Fields) ++ [IsMap | Exist];
asked(Tuple) when is_tuple(Tuple) -> asked(tuple_to_list(Tuple));
asked([Head | Tail]) -> asked(Head) ++ asked(Tail);
asked(_) -> [].

bound({var, _, Name} = Variable, Values) -> maps:get(Name, Values, Variable);
bound(Tuple, Values) when is_tuple(Tuple) -> list_to_tuple(bound(tuple_to_list(Tuple), Values));
bound([Head | Tail], Values) -> [bound(Head, Values) | bound(Tail, Values)];
bound(Other, _) -> Other.

%% It cuts no numbers of 64 bits down to the size of a field either. Only random numbers have so many everywhere.
cut({op, Line, 'bsr', _, _} = Value, {var, _, _} = Bits, default, {{rand, _, _}, _}) ->
    One = {integer, Line, 1},
    {op, Line, 'band', Value, {op, Line, '-', {op, Line, 'bsl', One, Bits}, One}};
cut(Value, _, _, _) ->
    Value.

%% Parts of binaries are counted in bytes only: a part of so many units becomes one of as many bytes.
segments({bin_element, Line, Value, Size, Types} = Segment) when Size =/= default, is_list(Types) ->
    case {lists:keyfind(unit, 1, Types), lists:member(binary, Types) orelse lists:member(bytes, Types)} of
        {{unit, Unit}, true} when Unit > 8, Unit rem 8 =:= 0 ->
            Bytes = {op, Line, '*', Size, {integer, Line, Unit div 8}},
            {bin_element, Line, Value, Bytes, lists:keydelete(unit, 1, Types)};
        _ ->
            Segment
    end;
segments(Tuple) when is_tuple(Tuple) -> list_to_tuple(segments(tuple_to_list(Tuple)));
segments([Head | Tail]) -> [segments(Head) | segments(Tail)];
segments(Other) -> Other.

is_ours(error, Arity) -> Arity =:= 2 orelse Arity =:= 3;
is_ours(binary_part, Arity) -> Arity =:= 2;
is_ours(_, _) -> false.

%% An error is to name its arguments.
call(Line, error, [_, _ | _] = Arguments, {{Module, Name, Arity}, _}) when length(Arguments) =< 3 ->
    Function = {tuple, Line, [{atom, Line, Module}, {atom, Line, Name}, {integer, Line, Arity}]},
    remote(Line, erlang_raise, error, Arguments ++ [Function]);
%% What is raised again as it was caught becomes an instruction, and the machine's makes a new trace where the old one was
%% given by a program.
call(Line, raise, [_, _, _] = Arguments, _) ->
    remote(Line, erlang_raise, again, Arguments);
%% The machine calls it as a native of a kind that it has not.
call(Line, binary_part, [Binary, Part], _) ->
    Of = fun(Place) -> remote(Line, erlang, element, [{integer, Line, Place}, Part]) end,
    remote(Line, erlang, binary_part, [Binary, Of(1), Of(2)]);
call(Line, Name, Arguments, _) ->
    remote(Line, erlang, Name, Arguments).

remote(Line, Module, Name, Arguments) ->
    {call, Line, {remote, Line, {atom, Line, Module}, {atom, Line, Name}}, Arguments}.
