%% The native part of `io`.
-module(io).
-export([printable_range/0]).

%% The terminal shows all of Unicode.
printable_range() -> unicode.
