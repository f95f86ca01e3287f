%% Writes binaries with parts that begin within a byte as calls that move them there. The VM has bytes only for parts,
%% though what begins within a byte may well be whole bytes: `<<0:3, Name:4/binary, 0:5>>`. Where a binary is built or
%% matched with `=` and the sizes in front of a part say so, it is done in steps; all else stays as it is.
%% A number that is not whole bytes the VM has with its first bits in front only: a `little` one is turned around. What
%% goes into more than 64 bits is cut down before.
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
rewrite({match, Line, {bin, _, Elements}, Value}, Count) ->
    {Rewritten, Between} = rewrite(Value, Count),
    case turned(Elements, sizes(Elements), Between) of
        {_, [], _} ->
            match(Line, Elements, Rewritten, Between);
        {Turned, Fields, Next} ->
            Whole = variable(Line, "whole", Next),
            {Match, After} = match(Line, Turned, Whole, Next + 1),
            Back = [matched(Line, Number, Variable, [], otherwise(Line, Variable, Whole)) || {Variable, Number} <- Fields],
            {{block, Line, [{match, Line, Whole, Rewritten}, Match | Back] ++ [Whole]}, After}
    end;
rewrite({Kind, Line, Pattern, Value}, Count)
  when Kind =:= match; Kind =:= maybe_match; Kind =:= generate; Kind =:= b_generate; Kind =:= m_generate ->
    {Rewritten, Next} = rewrite(Value, Count),
    {{Kind, Line, Pattern, Rewritten}, Next};
rewrite({bin, Line, Elements}, Count) ->
    {Rewritten, Next} = rewrite(Elements, Count),
    {built(Line, [big(Element) || Element <- Rewritten]), Next};
rewrite(Tuple, Count) when is_tuple(Tuple) ->
    {Parts, Next} = rewrite(tuple_to_list(Tuple), Count),
    {list_to_tuple(Parts), Next};
rewrite([Head | Tail], Count) ->
    {First, Between} = rewrite(Head, Count),
    {Rest, Next} = rewrite(Tail, Between),
    {[First | Rest], Next};
rewrite(Other, Count) ->
    {Other, Count}.

match(Line, Elements, Value, Count) ->
    case misaligned(Elements) of
        {Before, From, Offset} -> steps(Line, Before, From, Offset, Value, Count);
        none -> {{match, Line, {bin, Line, Elements}, Value}, Count}
    end.

%% The bits of a `little` number that is not whole bytes.
little({bin_element, _, _, Size, Types} = Element) when Size =/= default, is_list(Types) ->
    case {kind(Element), bits(Element), is_big(Types)} of
        {number, Bits, false} when is_integer(Bits), Bits > 8, Bits rem 8 =/= 0 -> Bits;
        _ -> none
    end;
little(_) ->
    none.

big({bin_element, Line, Value, Size, Types} = Element) when element(1, Value) =/= string ->
    case little(Element) of
        none -> cut(Element);
        Bits -> {bin_element, Line, remote(Line, erlang_bits, to_little, [Value, {integer, Line, Bits}]), Size, without_end(Types)}
    end;
big(Element) ->
    Element.

%% The VM cuts no number down to more than 64 bits, and has no ones in front of one below zero.
cut({bin_element, Line, Value, Size, Types} = Element) when Size =/= default ->
    case {kind(Element), bits(Element)} of
        {number, Bits} when is_integer(Bits), Bits > 64 ->
            {bin_element, Line, remote(Line, erlang_bits, cut, [Value, {integer, Line, Bits}]), Size, Types};
        _ ->
            Element
    end;
cut(Element) ->
    Element.

without_end(Types) -> [Type || Type <- Types, not lists:member(Type, [little, native, signed])].

%% Variables of a pattern that stand for such numbers, and are no sizes in it, give way to others; with what each is.
turned([{bin_element, Line, {var, _, Name} = Variable, Size, Types} = Element | Elements], Sizes, Count) ->
    case little(Element) of
        Bits when is_integer(Bits), Name =/= '_' ->
            case lists:member(Name, Sizes) of
                true ->
                    turned_after(Element, Elements, Sizes, Count);
                false ->
                    Other = variable(Line, "little", Count),
                    Sign = case lists:member(signed, Types) of true -> signed; false -> unsigned end,
                    Number = remote(Line, erlang_bits, from_little, [Other, {integer, Line, Bits}, {atom, Line, Sign}]),
                    {Turned, Fields, Next} = turned(Elements, Sizes, Count + 1),
                    {[{bin_element, Line, Other, Size, without_end(Types)} | Turned], [{Variable, Number} | Fields], Next}
            end;
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

%% The first part that begins within a byte, with what is before it and how many bits that is: a number, and sizes that
%% are whole bytes. A rest of all that is left is none: it would not end as whole bytes.
misaligned(Elements) -> misaligned(Elements, [], {0, []}).

misaligned([Element | Elements], Before, {Bits, Sizes} = Offset) ->
    case {kind(Element), bits(Element)} of
        {part, _} when Bits rem 8 =/= 0 ->
            case is_rest(Element) of
                true -> none;
                false -> {lists:reverse(Before), [Element | Elements], Offset}
            end;
        {_, Size} when is_integer(Size) -> misaligned(Elements, [Element | Before], {Bits + Size, Sizes});
        {_, {bytes, Size}} -> misaligned(Elements, [Element | Before], {Bits, [Size | Sizes]});
        _ -> none
    end;
misaligned([], _, _) ->
    none.

kind({bin_element, _, _, _, Types}) when is_list(Types) ->
    Parts = [binary, bytes, bitstring, bits, float, utf8, utf16, utf32],
    case lists:any(fun(Type) -> lists:member(Type, Parts) end, Types) of
        true -> part;
        false -> number
    end;
kind(_) ->
    number.

is_rest({bin_element, _, _, default, Types} = Element) ->
    kind(Element) =:= part andalso bits(Element) =:= bytes
        andalso not lists:any(fun(Type) -> lists:member(Type, [utf8, utf16, utf32]) end, Types);
is_rest(_) ->
    false.

%% How many bits an element is, or {bytes, Bits} for whole bytes that an expression counts, or `bytes` for whole bytes of
%% a count that nothing says, or `unknown`.
bits({bin_element, _, {string, _, Text}, default, _}) -> 8 * length(Text);
bits({bin_element, _, _, default, default}) -> 8;
bits({bin_element, _, _, Size, default}) -> times(Size, 1);
bits({bin_element, _, _, Size, Types}) ->
    Is = fun(Wanted) -> lists:any(fun(Type) -> lists:member(Type, Wanted) end, Types) end,
    Unit = proplists:get_value(unit, [Type || {unit, _} = Type <- Types]),
    case {Is([utf8, utf16, utf32]), Is([binary, bytes, bitstring, bits]), Is([float])} of
        {true, _, _} -> bytes;
        {_, true, _} when Size =:= default -> bytes;
        {_, true, _} when is_integer(Unit) -> times(Size, Unit);
        {_, true, _} -> times(Size, case Is([binary, bytes]) of true -> 8; false -> 1 end);
        {_, _, true} when Size =:= default -> 64;
        _ when Size =:= default -> 8;
        _ -> times(Size, case Unit of undefined -> 1; _ -> Unit end)
    end.

times({integer, _, Size}, Unit) -> Size * Unit;
times(Size, Unit) when Unit rem 8 =:= 0 -> {bytes, {op, element(2, Size), '*', Size, {integer, element(2, Size), Unit}}};
times(_, _) -> unknown.

%% What is built becomes a list of parts and numbers, if a part begins within a byte; or all ends within one, which is
%% refused as such. (The VM says of a constant that there is no memory for it.)
built(Line, Elements) ->
    case needs_joining(Elements, 0, false) andalso items(Elements, []) of
        false -> {bin, Line, Elements};
        Items -> remote(Line, erlang_bits, joined, [list(Line, Items)])
    end.

needs_joining([Element | Elements], Bits, Needs) ->
    Now = Needs orelse (Bits =/= 0 andalso kind(Element) =:= part),
    case bits(Element) of
        unknown -> false;
        bytes -> needs_joining(Elements, Bits, Now);
        {bytes, _} -> needs_joining(Elements, Bits, Now);
        Size -> needs_joining(Elements, (Bits + Size) rem 8, Now)
    end;
needs_joining([], Bits, Needs) ->
    Needs orelse Bits =/= 0.

items([{bin_element, Line, {string, _, Text}, default, default} | Elements], Items) ->
    Chars = [{bin_element, Line, {integer, Line, Char}, default, default} || Char <- Text],
    items(Chars ++ Elements, Items);
items([{bin_element, Line, Value, _, Types} = Element | Elements], Items) ->
    case {kind(Element), bits(Element)} of
        {number, Bits} when is_integer(Bits), Bits > 0, element(1, Value) =/= string ->
            case Bits rem 8 =:= 0 orelse is_big(Types) of
                true when Bits rem 8 =:= 0 -> items(Elements, [{bin, Line, [Element]} | Items]);
                true -> items(Elements, [{tuple, Line, [Value, {integer, Line, Bits}]} | Items]);
                false -> false
            end;
        {part, _} -> items(Elements, [{bin, Line, [Element]} | Items]);
        _ -> false
    end;
items([], Items) ->
    lists:reverse(Items).

is_big(default) -> true;
is_big(Types) -> not (lists:member(little, Types) orelse lists:member(native, Types)).

%% Pattern = Value in steps: what is before the part, then from the part on in a binary in which it begins a byte.
steps(Line, Before, From, Offset, Value, Count) ->
    Whole = variable(Line, "whole", Count),
    Variables = lists:usort([Name || {var, _, Name} <- variables([Before, From]), Name =/= '_']),
    Otherwise = otherwise(Line, list(Line, [{var, Line, Name} || Name <- Variables]), Whole),
    {Case, Next} = step(Line, Before, From, Offset, Whole, Otherwise, Count + 1),
    {{block, Line, [{match, Line, Whole, Value}, Case, Whole]}, Next}.

%% The clause for what does not match: all clauses bind the same variables.
otherwise(Line, Unbound, Whole) ->
    Reason = {tuple, Line, [{atom, Line, badmatch}, Whole]},
    {clause, Line, [{var, Line, '_'}], [], [{match, Line, Unbound, remote(Line, erlang, error, [Reason])}]}.

step(Line, Before, From, {Bits, Sizes}, Subject, Otherwise, Count) ->
    Filled = Before ++ [skipped(Line, 8 - Bits rem 8), rest(Line, {var, Line, '_'})],
    {Behind, Next} = behind(Line, From, Bits rem 8, Subject, Otherwise, Count),
    Offset = lists:foldr(fun(Size, Sum) -> {op, Line, '+', Sum, Size} end, {integer, Line, Bits}, Sizes),
    Moved = remote(Line, erlang_bits, from, [Subject, Offset]),
    {matched(Line, Subject, {bin, Line, Filled}, Behind(Moved), Otherwise), Next}.

%% A rest of all that is left ends the binary on whole bytes, so it is taken from where it was.
behind(Line, From, Bits, Subject, Otherwise, Count) ->
    Here = variable(Line, "moved", Count),
    case lists:last(From) of
        {bin_element, _, {var, _, '_'}, default, [Type | _]} when Type =:= bitstring; Type =:= bits ->
            again(Line, Here, From, [], Otherwise, Count + 1);
        {bin_element, _, Rest, _, _} = Last ->
            case is_rest(Last) of
                true ->
                    Length = variable(Line, "rest", Count),
                    Size = remote(Line, erlang, byte_size, [Length]),
                    Part = remote(Line, binary, part, [Subject, remote(Line, erlang, byte_size, [Subject]),
                                                       {op, Line, '-', Size}]),
                    Elements = lists:droplast(From) ++ [skipped(Line, Bits), rest(Line, Length)],
                    again(Line, Here, Elements, [matched(Line, Part, Rest, [], Otherwise)], Otherwise, Count + 1);
                false ->
                    again(Line, Here, From ++ [skipped(Line, Bits)], [], Otherwise, Count + 1)
            end
    end.

again(Line, Here, Elements, Body, Otherwise, Count) ->
    {Case, Next} = case misaligned(Elements) of
        {Before, From, Offset} ->
            {Steps, After} = step(Line, Before, From, Offset, Here, Otherwise, Count),
            {[Steps | Body], After};
        none ->
            {[matched(Line, Here, {bin, Line, Elements}, Body, Otherwise)], Count}
    end,
    {fun(Moved) -> [{match, Line, Here, Moved} | Case] end, Next}.

matched(Line, Value, Pattern, [], Otherwise) -> matched(Line, Value, Pattern, [{atom, Line, ok}], Otherwise);
matched(Line, Value, Pattern, Body, Otherwise) ->
    {'case', Line, Value, [{clause, Line, [Pattern], [], Body}, Otherwise]}.

variables({var, _, _} = Variable) -> [Variable];
variables(Tuple) when is_tuple(Tuple) -> variables(tuple_to_list(Tuple));
variables([Head | Tail]) -> variables(Head) ++ variables(Tail);
variables(_) -> [].

variable(Line, What, Count) -> {var, Line, list_to_atom(lists:concat([What, " ", Count]))}.
skipped(Line, Bits) -> {bin_element, Line, {var, Line, '_'}, {integer, Line, Bits}, default}.
rest(Line, Variable) -> {bin_element, Line, Variable, default, [binary]}.

list(Line, Items) -> lists:foldr(fun(Item, Tail) -> {cons, Line, Item, Tail} end, {nil, Line}, Items).

remote(Line, Module, Name, Arguments) ->
    {call, Line, {remote, Line, {atom, Line, Module}, {atom, Line, Name}}, Arguments}.
