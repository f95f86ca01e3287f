%% Integers at every edge where the VM changes representation: small, 32 bits, 64 bits, 256 bits.
-module(integers).
-export([start/0]).

start() ->
    show:all([{{Op, A, B}, fun() -> op(Op, A, B) end} || Op <- ops(), A <- edges(), B <- seconds(), is_right(Op, A, B)]),
    show:all([{{Op, A, B}, fun() -> op(Op, A, B) end} || Op <- ['bsl', 'bsr'], A <- edges(), B <- [0, 1, 27, 31, 32, 63, 64, 100, -1, -40]]),
    show:all([{{Op, A}, fun() -> op(Op, A) end} || Op <- [neg, abs, 'bnot', text, base16, binary, float], A <- edges()]),
    show:all([
        {factorial, fun() -> factorial(50) end},
        {too_big, fun() -> factorial(60) end},
        {text_in, fun() -> [binary_to_integer(T) || T <- [<<"-0">>, <<"9223372036854775808">>, <<"-170141183460469231731687303715884105729">>]] end},
        {bad_text, fun() -> binary_to_integer(<<"12x">>) end},
        {base, fun() -> binary_to_integer(<<"ZZ">>, 36) end},
        {not_a_number, fun() -> op('+', list_to_atom("a"), 1) end}
    ]).

ops() -> ['+', '-', '*', 'div', 'rem', 'band', 'bor', 'bxor', compare].

%% The untouched VM takes a wrong remainder beyond 63 bits, which the lean one mends: there OTP is asked instead.
is_right('rem', A, B) -> abs(A) < 9223372036854775808 andalso abs(B) < 9223372036854775808;
is_right(_Op, _A, _B) -> true.

edges() ->
    Positive = [0, 1, 7, 134217727, 134217728, 2147483647, 2147483648, 4294967296, 576460752303423487,
        9223372036854775807, 9223372036854775808, 18446744073709551616, 123456789012345678901234567890],
    Positive ++ [-N || N <- Positive].

seconds() -> [0, 1, -1, 3, 134217727, 2147483648, -2147483648, 9223372036854775807, -9223372036854775808, 98765432109876543210].

op('+', A, B) -> A + B;
op('-', A, B) -> A - B;
op('*', A, B) -> A * B;
op('div', A, B) -> A div B;
op('rem', A, B) -> A rem B;
op('band', A, B) -> A band B;
op('bor', A, B) -> A bor B;
op('bxor', A, B) -> A bxor B;
op('bsl', A, B) -> A bsl B;
op('bsr', A, B) -> A bsr B;
op(compare, A, B) -> {A < B, A =:= B, A == float_or(B), max(A, B)}.

float_or(B) when abs(B) < 1000000 -> float(B);
float_or(B) -> B.

op(neg, A) -> -A;
op(abs, A) -> abs(A);
op('bnot', A) -> bnot A;
op(text, A) -> integer_to_list(A);
op(base16, A) -> integer_to_binary(A, 16);
op(binary, A) -> <<A:64, A:32/little, A:16/signed, A:8>>;
op(float, A) -> float(A).

factorial(0) -> 1;
factorial(N) -> N * factorial(N - 1).
