%% Floating point: arithmetic, rounding, text, functions of the math module, errors.
-module(floats).
-export([start/0]).

start() ->
    show:all([{{Op, A, B}, fun() -> op(Op, A, B) end} || Op <- ['+', '-', '*', '/', '<', '=='], A <- floats(), B <- floats()]),
    show:all([{{Op, A}, fun() -> op(Op, A) end} || Op <- [round, trunc, floor, ceil, text, bits], A <- floats()]),
    show:all([{{F, A}, fun() -> math(F, A) end} || F <- functions(), A <- [0.0, 0.5, 1.0, -1.0, 2.0, 100.0]]),
    show:all([
        {mixed, fun() -> [1 + 0.5, 3 / 2, 7 * 0.1, 1 == 1.0, 1 =:= 1.0, 4294967296 * 1.0] end},
        {pow, fun() -> [math:pow(2, 10), math:pow(2.0, -1), math:atan2(1, 1), math:fmod(7.5, 2)] end},
        {decimals, fun() -> [float_to_binary(3.14159, [{decimals, 2}]), float_to_list(-0.5, [{decimals, 0}])] end},
        {read, fun() -> [list_to_float("1.5e3"), binary_to_float(<<"-2.25">>)] end},
        {bad_text, fun() -> binary_to_float(id(<<"1">>)) end},
        {match, fun() -> <<F:64/float, G:32/float-little>> = <<64, 9, 33, 251, 84, 68, 45, 24, 0, 0, 192, 63>>, {F, G} end}
    ]).

floats() -> [0.0, -0.0, 1.0, -1.5, 2.5, 1.0e-10, 123456.789, 1.0e300, -4.9e-324, 9007199254740993.0].

functions() -> [sqrt, sin, cos, tan, asin, acos, atan, exp, log, log2, log10, sinh, cosh, tanh, ceil, floor].

op('+', A, B) -> A + B;
op('-', A, B) -> A - B;
op('*', A, B) -> A * B;
op('/', A, B) -> A / B;
op('<', A, B) -> A < B;
op('==', A, B) -> A == B.

op(round, A) -> round(A);
op(trunc, A) -> trunc(A);
op(floor, A) -> floor(A);
op(ceil, A) -> ceil(A);
op(text, A) -> {float_to_list(A), float_to_binary(A)};
op(bits, A) -> <<A/float, A:32/float>>.

math(sqrt, A) -> math:sqrt(A);
math(sin, A) -> math:sin(A);
math(cos, A) -> math:cos(A);
math(tan, A) -> math:tan(A);
math(asin, A) -> math:asin(A);
math(acos, A) -> math:acos(A);
math(atan, A) -> math:atan(A);
math(exp, A) -> math:exp(A);
math(log, A) -> math:log(A);
math(log2, A) -> math:log2(A);
math(log10, A) -> math:log10(A);
math(sinh, A) -> math:sinh(A);
math(cosh, A) -> math:cosh(A);
math(tanh, A) -> math:tanh(A);
math(ceil, A) -> math:ceil(A);
math(floor, A) -> math:floor(A).

id(X) -> X.
