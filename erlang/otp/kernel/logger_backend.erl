%% Events go to the terminal, in OTP's words, and to the handlers that were added.
-module(logger_backend).
-export([log_allowed/3]).

log_allowed(Event, _Tid, _Config) ->
    [handle(Handler, Event) || Handler <- persistent_term:get({logger, handlers}, [])],
    case whereis(user) of
        undefined -> ok;
        User ->
            Text = logger_formatter:format(Event, #{legacy_header => true, single_line => false}),
            try io:put_chars(User, Text) catch _:_ -> ok end
    end.

%% A handler that fails harms nobody who logs.
handle({_Id, Module, #{level := Level} = Config}, #{level := Own} = Event) ->
    case logger:compare_levels(Own, Level) of
        lt -> ok;
        _ -> try Module:log(Event, Config) catch _:_ -> ok end
    end.
