%% The terminal's C half. Only the widths of characters are asked of it: our driver draws.
-module(prim_tty).
-export([isatty/1, wcwidth/1]).

%% OTP then looks the character up in its own tables.
wcwidth(_Char) -> {error, enotsup}.

isatty(_Stream) -> true.
