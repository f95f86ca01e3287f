%% The shortest text of a float, laid out as OTP does: AtomVM finds the same digits.
-module(erlang_float).
-export([layout/2]).

%% From here on neighbours are further apart than 1, and the point would pretend otherwise.
-define(EXACT, 9007199254740992.0).

layout([$- | Text], Float) -> [$- | layout(Text, -Float)];
layout(Text, Float) ->
    {Mantissa, Power} = case string:split(Text, "e") of
        [Before, After] -> {Before, list_to_integer(After)};
        [Before] -> {Before, 0}
    end,
    [Whole, Part] = string:split(Mantissa, "."),
    All = Whole ++ Part,
    Significant = lists:dropwhile(fun(Digit) -> Digit =:= $0 end, All),
    Leading = length(All) - length(Significant),
    case string:trim(Significant, trailing, "0") of
        [] -> "0.0";
        Digits -> shorter(Digits, Power + length(Whole) - Leading - 1, Float)
    end.

%% Float is 0.d1d2… times ten to the Exponent + 1.
shorter(Digits, Exponent, Float) ->
    Scientific = scientific(Digits, Exponent),
    Fixed = fixed(Digits, Exponent, length(Digits)),
    case length(Scientific) < length(Fixed) orelse Float >= ?EXACT of
        true -> Scientific;
        false -> Fixed
    end.

scientific([Digit], Exponent) -> [Digit | ".0e"] ++ integer_to_list(Exponent);
scientific([Digit | Digits], Exponent) -> [Digit, $. | Digits] ++ [$e | integer_to_list(Exponent)].

fixed(Digits, Exponent, _) when Exponent < 0 -> "0." ++ lists:duplicate(-Exponent - 1, $0) ++ Digits;
fixed(Digits, Exponent, Count) when Exponent + 1 >= Count ->
    Digits ++ lists:duplicate(Exponent + 1 - Count, $0) ++ ".0";
fixed(Digits, Exponent, _) ->
    {Whole, Part} = lists:split(Exponent + 1, Digits),
    Whole ++ [$. | Part].
