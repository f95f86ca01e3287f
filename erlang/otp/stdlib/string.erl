%% The native part of `string`.
-module(string).
-export([list_to_float/1, list_to_integer/1]).

%% The longest number at the front of a string; OTP reads it in C.
list_to_integer([Sign | Rest]) when Sign =:= $-; Sign =:= $+ ->
    case digits(Rest, []) of
        {[], _} -> {error, no_integer};
        {Digits, Tail} -> {erlang:list_to_integer([Sign | Digits]), Tail}
    end;
list_to_integer(Text) when is_list(Text) ->
    case digits(Text, []) of
        {[], _} -> {error, no_integer};
        {Digits, Tail} -> {erlang:list_to_integer(Digits), Tail}
    end;
list_to_integer(_) ->
    {error, not_a_list}.

list_to_float([Sign | Rest]) when Sign =:= $-; Sign =:= $+ -> float_after([Sign], Rest);
list_to_float(Text) when is_list(Text) -> float_after([], Text);
list_to_float(_) -> {error, not_a_list}.

float_after(Sign, Text) ->
    case digits(Text, []) of
        {[_ | _] = Whole, [Point | Rest]} when Point =:= $.; Point =:= $, ->
            case digits(Rest, []) of
                {[], _} -> {error, no_float};
                {Part, Tail} -> exponent(Sign ++ Whole ++ [$. | Part], Tail)
            end;
        _ ->
            {error, no_float}
    end.

exponent(Mantissa, [E, Sign | Rest] = Tail) when (E =:= $e orelse E =:= $E), (Sign =:= $- orelse Sign =:= $+) ->
    exponent(Mantissa, [$e, Sign], digits(Rest, []), Tail);
exponent(Mantissa, [E | Rest] = Tail) when E =:= $e; E =:= $E ->
    exponent(Mantissa, [$e], digits(Rest, []), Tail);
exponent(Mantissa, Tail) ->
    {erlang:list_to_float(Mantissa), Tail}.

exponent(Mantissa, _, {[], _}, Tail) -> {erlang:list_to_float(Mantissa), Tail};
exponent(Mantissa, E, {Digits, Rest}, _) -> {erlang:list_to_float(Mantissa ++ E ++ Digits), Rest}.

digits([Digit | Rest], Found) when Digit >= $0, Digit =< $9 -> digits(Rest, [Digit | Found]);
digits(Rest, Found) -> {lists:reverse(Found), Rest}.
