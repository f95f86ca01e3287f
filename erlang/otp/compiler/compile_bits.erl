%% Writes numbers in binaries that the VM does not put there or take out as calls that do: numbers of more than 64 bits,
%% and `little` ones that are not whole bytes, where a binary is built or matched with `=`; all else stays as it is.
%% Used on packed modules when they are built, and by the compiler in the VM.
-module(compile_bits).
-export([forms/1]).

forms(Forms) -> [form(Form) || Form <- Forms].

form({function, Line, Name, Arity, Clauses}) ->
    {Rewritten, _} = rewrite(Clauses, 0),
    {function, Line, Name, Arity, Rewritten};
form(Form) ->
    Form.

%% Patterns and guards stay. The count makes the names of the variables unlike any other.
rewrite({clause, Line, Patterns, Guards, Body}, Count) ->
    {Rewritten, Next} = rewrite(Body, Count),
    {{clause, Line, Patterns, Guards, Rewritten}, Next};
rewrite({match, Line, {bin, At, Elements}, Value}, Count) ->
    {Rewritten, Between} = rewrite(Value, Count),
    case turned(Elements, sizes(Elements), Between) of
        {_, [], _} ->
            {{match, Line, {bin, At, Elements}, Rewritten}, Between};
        {Turned, Fields, Next} ->
            Whole = variable(Line, "whole", Next),
            Match = {match, Line, {bin, At, Turned}, Whole},
            Back = [matched(Line, Number, Variable, otherwise(Line, Variable, Whole)) || {Variable, Number} <- Fields],
            {{block, Line, [{match, Line, Whole, Rewritten}, Match | Back] ++ [Whole]}, Next + 1}
    end;
rewrite({Kind, Line, Pattern, Value}, Count)
  when Kind =:= match; Kind =:= maybe_match; Kind =:= generate; Kind =:= b_generate; Kind =:= m_generate ->
    {Rewritten, Next} = rewrite(Value, Count),
    {{Kind, Line, Pattern, Rewritten}, Next};
rewrite({bin, Line, Elements}, Count) ->
    {Rewritten, Next} = rewrite(Elements, Count),
    {{bin, Line, [built(Element) || Element <- Rewritten]}, Next};
rewrite(Tuple, Count) when is_tuple(Tuple) ->
    {Parts, Next} = rewrite(tuple_to_list(Tuple), Count),
    {list_to_tuple(Parts), Next};
rewrite([Head | Tail], Count) ->
    {First, Between} = rewrite(Head, Count),
    {Rest, Next} = rewrite(Tail, Between),
    {[First | Rest], Next};
rewrite(Other, Count) ->
    {Other, Count}.

built({bin_element, Line, Value, _, _} = Element) ->
    case number(Element) of
        {Bits, Order, _} ->
            Field = remote(Line, field, [Value, {integer, Line, Bits}, {atom, Line, Order}]),
            {bin_element, Line, Field, default, [bitstring]};
        none ->
            Element
    end.

%% Variables of a pattern that stand for such numbers, and are no sizes in it, give way to others; with what each is.
turned([{bin_element, Line, {var, _, Name} = Variable, Size, _} = Element | Elements], Sizes, Count) ->
    case Name =/= '_' andalso not lists:member(Name, Sizes) andalso number(Element) of
        {_, Order, Sign} ->
            Other = variable(Line, "field", Count),
            Number = remote(Line, number, [Other, {atom, Line, Sign}, {atom, Line, Order}]),
            {Turned, Fields, Next} = turned(Elements, Sizes, Count + 1),
            {[{bin_element, Line, Other, in_bits(Element, Size), [bitstring]} | Turned], [{Variable, Number} | Fields], Next};
        _ ->
            turned_after(Element, Elements, Sizes, Count)
    end;
turned([Element | Elements], Sizes, Count) ->
    turned_after(Element, Elements, Sizes, Count);
turned([], _, Count) ->
    {[], [], Count}.

turned_after(Element, Elements, Sizes, Count) ->
    {Turned, Fields, Next} = turned(Elements, Sizes, Count),
    {[Element | Turned], Fields, Next}.

sizes(Elements) -> [Name || {bin_element, _, _, Size, _} <- Elements, {var, _, Name} <- variables(Size)].

in_bits(Element, {integer, Line, _}) -> {integer, Line, bits(Element)}.

%% The size of a number that the VM needs help with, its order of bytes and whether it has a sign.
number({bin_element, _, Value, {integer, _, _}, Types} = Element) when element(1, Value) =/= string ->
    case is_integer_type(Types) andalso bits(Element) of
        false -> none;
        Bits when Bits > 64 -> {Bits, order(Types), sign(Types)};
        Bits when Bits > 8, Bits rem 8 =/= 0 ->
            case order(Types) of
                little -> {Bits, little, sign(Types)};
                big -> none
            end;
        _ -> none
    end;
number(_) ->
    none.

bits({bin_element, _, _, {integer, _, Size}, default}) -> Size;
bits({bin_element, _, _, {integer, _, Size}, Types}) -> Size * proplists:get_value(unit, [Type || {unit, _} = Type <- Types], 1).

is_integer_type(default) -> true;
is_integer_type(Types) ->
    Others = [binary, bytes, bitstring, bits, float, utf8, utf16, utf32],
    not lists:any(fun(Type) -> lists:member(Type, Others) end, Types).

order(default) -> big;
order(Types) ->
    case lists:member(little, Types) orelse lists:member(native, Types) of
        true -> little;
        false -> big
    end.

sign(default) -> unsigned;
sign(Types) ->
    case lists:member(signed, Types) of
        true -> signed;
        false -> unsigned
    end.

%% The clause for what does not match: all clauses bind the same variables.
otherwise(Line, Unbound, Whole) ->
    Reason = {tuple, Line, [{atom, Line, badmatch}, Whole]},
    Error = {call, Line, {remote, Line, {atom, Line, erlang}, {atom, Line, error}}, [Reason]},
    {clause, Line, [{var, Line, '_'}], [], [{match, Line, Unbound, Error}]}.

matched(Line, Value, Pattern, Otherwise) ->
    {'case', Line, Value, [{clause, Line, [Pattern], [], [{atom, Line, ok}]}, Otherwise]}.

variables({var, _, _} = Variable) -> [Variable];
variables(Tuple) when is_tuple(Tuple) -> variables(tuple_to_list(Tuple));
variables([Head | Tail]) -> variables(Head) ++ variables(Tail);
variables(_) -> [].

variable(Line, What, Count) -> {var, Line, list_to_atom(lists:concat([What, " ", Count]))}.

remote(Line, Name, Arguments) ->
    {call, Line, {remote, Line, {atom, Line, erlang_bits}, {atom, Line, Name}}, Arguments}.
