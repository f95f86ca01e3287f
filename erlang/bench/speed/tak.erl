%% Deep calls with three arguments and comparisons.
-module(tak).
-export([start/0]).

start() -> stopwatch:best(fun() -> tak(14, 9, 4) end).

tak(X, Y, Z) when X =< Y -> Z;
tak(X, Y, Z) -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y)).
