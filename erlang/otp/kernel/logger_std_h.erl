%% The default handler writes to the terminal; OTP's writes to files as well, through a process that bounds its queue.
-module(logger_std_h).
-overlay(whole).
-export([log/2, filesync/1]).

log(Event, #{formatter := {Module, Config}}) ->
    case whereis(user) of
        undefined -> ok;
        User -> io:put_chars(User, Module:format(Event, Config))
    end.

filesync(_Handler) -> ok.
