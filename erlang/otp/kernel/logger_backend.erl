%% Events go to the terminal, in OTP's words.
-module(logger_backend).
-export([log_allowed/3]).

log_allowed(Event, _Tid, _Config) ->
    case whereis(user) of
        undefined -> ok;
        User ->
            Text = logger_formatter:format(Event, #{legacy_header => true, single_line => false}),
            try io:put_chars(User, Text) catch _:_ -> ok end
    end.
