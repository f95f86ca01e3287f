%% The process `user` (and `standard_error`): prints to the terminal for whoever
%% has no shell of its own. Reading from it ends at once.
-module(console_user).

-export([init/0]).

-spec init() -> no_return().
init() ->
    group_leader(self(), self()),
    loop().

loop() ->
    receive
        {io_request, From, As, Request} ->
            {Printed, Reply} = console_io:request(Request),
            From ! {io_reply, As, Reply},
            print(Printed, whereis(console_tty)),
            loop();
        _Other ->
            loop()
    end.

print(<<>>, _Tty) -> ok;
print(_Printed, undefined) -> ok;
print(Printed, Tty) -> Tty ! {print, Printed}.
