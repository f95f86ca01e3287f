%% Declares native functions: the compiler marks them with an instruction of their own.
-module(nifs).
-nifs([answer/0]).
-on_load(init/0).
-export([answer/0]).

init() -> ok.

answer() -> 42.
