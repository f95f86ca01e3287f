%% AtomVM's natives, with OTP's words for what they cannot do, and the error function, which AtomVM lacks.
-module(math).
-compile({inline, [error_with_info/2]}).

sin(X) -> try mAth:sin(X) catch error:Reason -> error_with_info(Reason, [X]) end.
cos(X) -> try mAth:cos(X) catch error:Reason -> error_with_info(Reason, [X]) end.
tan(X) -> try mAth:tan(X) catch error:Reason -> error_with_info(Reason, [X]) end.
asin(X) -> try mAth:asin(X) catch error:Reason -> error_with_info(Reason, [X]) end.
acos(X) -> try mAth:acos(X) catch error:Reason -> error_with_info(Reason, [X]) end.
atan(X) -> try mAth:atan(X) catch error:Reason -> error_with_info(Reason, [X]) end.
sinh(X) -> try mAth:sinh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
cosh(X) -> try mAth:cosh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
tanh(X) -> try mAth:tanh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
asinh(X) -> try mAth:asinh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
acosh(X) -> try mAth:acosh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
atanh(X) -> try mAth:atanh(X) catch error:Reason -> error_with_info(Reason, [X]) end.
exp(X) -> try mAth:exp(X) catch error:Reason -> error_with_info(Reason, [X]) end.
log(X) -> try mAth:log(X) catch error:Reason -> error_with_info(Reason, [X]) end.
log2(X) -> try mAth:log2(X) catch error:Reason -> error_with_info(Reason, [X]) end.
log10(X) -> try mAth:log10(X) catch error:Reason -> error_with_info(Reason, [X]) end.
sqrt(X) -> try mAth:sqrt(X) catch error:Reason -> error_with_info(Reason, [X]) end.
ceil(X) -> try mAth:ceil(X) catch error:Reason -> error_with_info(Reason, [X]) end.
floor(X) -> try mAth:floor(X) catch error:Reason -> error_with_info(Reason, [X]) end.
atan2(X, Y) -> try mAth:atan2(X, Y) catch error:Reason -> error_with_info(Reason, [X, Y]) end.
pow(X, Y) -> try mAth:pow(X, Y) catch error:Reason -> error_with_info(Reason, [X, Y]) end.
fmod(X, Y) -> try mAth:fmod(X, Y) catch error:Reason -> error_with_info(Reason, [X, Y]) end.

error_with_info(Reason, Arguments) ->
    erlang:error(Reason, Arguments, [{error_info, #{module => erl_stdlib_errors}}]).

erf(X) when is_number(X), X < 0 -> -erf(-X);
erf(X) when is_number(X), X < 2.5 -> series(X * 1.0, X * 1.0, 0, X * 1.0) * 2 / mAth:sqrt(pi());
erf(X) when is_number(X) -> 1.0 - erfc(X);
erf(X) -> error_with_info(badarg, [X]).

erfc(X) when is_number(X), X < 2.5 -> 1.0 - erf(X);
erfc(X) when is_number(X), X > 27 -> 0.0;
erfc(X) when is_number(X) -> mAth:exp(-X * X) / (mAth:sqrt(pi()) * fraction(X, 1, 60));
erfc(X) -> error_with_info(badarg, [X]).

%% The sum of (-1)^n x^(2n+1) / (n! (2n+1)) until it changes no more.
series(X, Power, N, Sum) ->
    Next = -Power * X * X / (N + 1),
    case Sum + Next / (2 * N + 3) of
        Sum -> Sum;
        More -> series(X, Next, N + 1, More)
    end.

%% x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...
fraction(X, N, Last) when N > Last -> X;
fraction(X, N, Last) -> X + N / 2 / fraction(X, N + 1, Last).
