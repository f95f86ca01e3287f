%% title: A parser and calculator
%% about: Arithmetic from text to a number in three steps: tokens, a syntax tree by
%%        recursive descent, its value by pattern matching.
%% run: calculator:start().
-module(calculator).

-export([start/0, eval/1, parse/1]).

start() ->
    [show(Text) || Text <- ["1 + 2 * 3", "(1 + 2) * 3", "2 * (3 - -4) / 7", "8 / (5 - 5)", "1 + * 2"]],
    eval("(1 + 2) * (3 + 4)").

show(Text) ->
    io:format("~-18s = ~tp~n", [Text, eval(Text)]).

eval(Text) ->
    try value(parse(Text)) of
        Value -> Value
    catch
        error:badarith -> {error, "divided by zero"};
        throw:Reason -> {error, Reason}
    end.

parse(Text) ->
    case sum(tokens(Text)) of
        {Tree, []} -> Tree;
        {_, [Token | _]} -> throw({unexpected, Token})
    end.

tokens([C | _] = Text) when C >= $0, C =< $9 ->
    {Digits, Rest} = lists:splitwith(fun(D) -> D >= $0 andalso D =< $9 end, Text),
    [list_to_integer(Digits) | tokens(Rest)];
tokens([$\s | Rest]) -> tokens(Rest);
tokens([C | Rest]) -> [list_to_atom([C]) | tokens(Rest)];
tokens([]) -> [].

%% sum = product {("+" | "-") product};  product = factor {("*" | "/") factor}
sum(Tokens) -> chain(fun product/1, ['+', '-'], product(Tokens)).
product(Tokens) -> chain(fun factor/1, ['*', '/'], factor(Tokens)).

chain(Next, Operators, {Left, [Operator | Tokens]} = Parsed) ->
    case lists:member(Operator, Operators) of
        true ->
            {Right, Rest} = Next(Tokens),
            chain(Next, Operators, {{Operator, Left, Right}, Rest});
        false ->
            Parsed
    end;
chain(_Next, _Operators, Parsed) ->
    Parsed.

factor([N | Rest]) when is_integer(N) -> {N, Rest};
factor(['-' | Tokens]) ->
    {Tree, Rest} = factor(Tokens),
    {{'-', 0, Tree}, Rest};
factor(['(' | Tokens]) ->
    case sum(Tokens) of
        {Tree, [')' | Rest]} -> {Tree, Rest};
        _ -> throw(missing_parenthesis)
    end;
factor([Token | _]) -> throw({unexpected, Token});
factor([]) -> throw(unexpected_end).

value({'+', A, B}) -> value(A) + value(B);
value({'-', A, B}) -> value(A) - value(B);
value({'*', A, B}) -> value(A) * value(B);
value({'/', A, B}) -> value(A) / value(B);
value(N) -> N.
